// Watches a page of the console's watch address in headless Chromium and tells what a viewer got, as one JSON object:
//   node web/live/watch.mjs http://localhost:8090/watch/demo [SECONDS [SETTLE_SECONDS]]
// Latency is told twice: by PROGRAM-DATE-TIME, and by the clock strip in the demo's picture (docs/demo-picture.md),
// which needs the page and the encoder on one clock. Standard error says when it plays. CHROMIUM: the browser's program.
import { launch } from './browser.mjs';
import { measure } from './measure.mjs';

const [url, seconds = '60', settle = '5'] = process.argv.slice(2);
if (!url) {
  console.error('usage: node web/live/watch.mjs URL [SECONDS [SETTLE_SECONDS]]');
  process.exit(2);
}

const browser = await launch();
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(url);
  await page.waitForFunction(() => window.millrace?.video?.readyState >= 3 && window.millrace.video.currentTime > 0, undefined, {
    timeout: 30_000,
  });
  console.error('playing');
  await page.waitForTimeout(Number(settle) * 1000);
  const result = await page.evaluate(measure, Number(seconds) * 1000);
  console.log(JSON.stringify(result, undefined, 2));
} finally {
  await browser.close();
}
