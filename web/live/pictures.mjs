// Takes the pictures of docs/images from a Millrace that runs with its demo channel on air:
//   node web/live/pictures.mjs http://localhost:8090 ADMIN_TOKEN_FILE docs/images
// CHROMIUM: the browser's program.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, tokenFile, directory] = process.argv.slice(2);
if (!directory) {
  console.error('usage: node web/live/pictures.mjs URL ADMIN_TOKEN_FILE DIRECTORY');
  process.exit(2);
}
mkdirSync(directory, { recursive: true });
const HISTORY_MS = 20_000; // until the bitrate's curve has something to show

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const desk = { viewport: { width: 1180, height: 720 } };
  const hand = { viewport: { width: 390, height: 360 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

  const watch = await playing({ ...desk, colorScheme: 'dark' });
  await watch.click('[aria-label=Figures]');
  await picture(watch, 'watch');

  const administration = await open({ ...desk, colorScheme: 'light' }, '/');
  await administration.fill('#token', readFileSync(tokenFile, 'utf8').trim());
  await administration.click('.sign-in button');
  await administration.waitForSelector('[data-channel=demo] [data-figure=latency]');
  await administration.click('[data-channel=demo] h2 a');
  await administration.waitForSelector('.on-air');
  await administration.waitForTimeout(HISTORY_MS);
  await picture(administration, 'console');

  await picture(await playing({ ...hand, colorScheme: 'light' }), 'watch-phone');
} finally {
  await browser.close();
}

/** The watch page, at its target, with its controls in sight. */
async function playing(options) {
  const page = await open(options, '/watch/demo');
  await page.waitForFunction(() => window.millrace?.state === 'playing' && window.millrace.latency() < 1);
  await page.mouse.move(300, 300);
  return page;
}

async function open(options, path) {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(url + path);
  return page;
}

async function picture(page, name) {
  await page.waitForTimeout(600); // for what fades in
  const path = join(directory, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}
