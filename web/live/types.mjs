// Says of media types whether headless Chromium takes them by Media Source Extensions, as one JSON object:
//   node web/live/types.mjs 'video/mp4; codecs="hvc1.1.6.L93.B0"' …
// CHROMIUM: the browser's program.
import { launch } from './browser.mjs';

const browser = await launch();
try {
  const page = await browser.newPage();
  const taken = (types) => Object.fromEntries(types.map((type) => [type, MediaSource.isTypeSupported(type)]));
  console.log(JSON.stringify(await page.evaluate(taken, process.argv.slice(2)), undefined, 2));
} finally {
  await browser.close();
}
