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
  const desk = { viewport: { width: 1180, height: 760 } };
  const hand = { viewport: { width: 390, height: 780 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

  const console_ = await open({ ...desk, colorScheme: 'light' }, '/');
  await console_.fill('#token', readFileSync(tokenFile, 'utf8').trim());
  await console_.click('.sign-in button');
  await console_.waitForSelector('[data-channel=demo] [data-figure=latency]');
  await console_.click('[data-channel=demo] h2 a');
  await console_.waitForSelector('.on-air');
  await console_.waitForTimeout(HISTORY_MS);
  await picture(console_, 'console-channel');
  await console_.goto(`${url}/#/`);
  await console_.waitForSelector('[data-channel=demo]');
  await picture(console_, 'console');

  for (const [name, options] of [['watch', { ...desk, colorScheme: 'dark' }], ['watch-phone', { ...hand, colorScheme: 'light' }]]) {
    const page = await open(options, '/watch/demo');
    await page.waitForFunction(() => window.millrace?.state === 'playing' && window.millrace.latency() < 1.2);
    if (name === 'watch') await page.keyboard.press('i');
    await page.waitForTimeout(3_000);
    await page.mouse.move(300, 300);
    await page.waitForTimeout(600);
    await picture(page, name);
  }
} finally {
  await browser.close();
}

async function open(options, path) {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(url + path);
  return page;
}

async function picture(page, name) {
  const path = join(directory, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}
