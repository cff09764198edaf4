// Plays an MPD with dash.js or shaka-player in headless Chromium and tells what a viewer got, as one JSON object:
//   node web/live/dash.mjs http://localhost:8080/live/demo/manifest.mpd dashjs|shaka [SECONDS [SETTLE_SECONDS]]
// Latency is told twice: by the presentation's clock, which is UTC, and by the clock strip in the demo's picture
// (docs/demo-picture.md); both need the page and the encoder on one clock. CHROMIUM: the browser's program.
// The players are not part of the pages: `npm ci --prefix web/live` gets them.
// DEBUG=1: what the player tells, and each answer that is no success, go to stderr.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { measure } from './measure.mjs';

const players = {
  dashjs: { file: 'dashjs/dist/modern/umd/dash.all.min.js', play: playDashjs },
  shaka: { file: 'shaka-player/dist/shaka-player.compiled.js', play: playShaka },
};
const [url, name, seconds = '60', settle = '5'] = process.argv.slice(2);
const player = players[name];
if (!url || !player) {
  console.error('usage: node web/live/dash.mjs URL dashjs|shaka [SECONDS [SETTLE_SECONDS]]');
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--autoplay-policy=no-user-gesture-required',
  ],
});
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const asked = {};
  page.on('response', (response) => {
    const kind = /\.(mpd|mpp|m4s|mp4)$/.exec(new URL(response.url()).pathname)?.[1] ?? 'other';
    const key = `${kind} ${response.status()}`;
    asked[key] = (asked[key] ?? 0) + 1;
    if (process.env.DEBUG && !response.ok()) console.error(Date.now(), response.status(), response.url());
  });
  if (process.env.DEBUG) page.on('console', (message) => console.error(Date.now(), message.text()));
  // Any page will do: the edge answers every origin.
  await page.goto(new URL('/time', url).href);
  await page.addScriptTag({ path: fileURLToPath(new URL(`node_modules/${player.file}`, import.meta.url)) });
  await page.evaluate(player.play, url);
  await page.waitForFunction(() => window.millrace.video.readyState >= 3 && window.millrace.video.currentTime > 0, undefined, {
    timeout: 30_000,
  });
  await page.waitForTimeout(Number(settle) * 1000);
  const result = await page.evaluate(measure, Number(seconds) * 1000);
  console.log(JSON.stringify({ player: name, ...result, answers: asked }, undefined, 2));
} finally {
  await browser.close();
}

/** Runs in the page. */
function playDashjs(mpd) {
  const video = document.createElement('video');
  video.muted = true;
  document.body.replaceChildren(video);
  const errors = [];
  const dash = window.dashjs.MediaPlayer().create();
  dash.on('error', (event) => errors.push(`${event.error?.code ?? event.error} ${event.error?.message ?? ''}`));
  dash.initialize(video, mpd, true);
  window.millrace = { video, errors, dash, latency: () => Date.now() / 1000 - video.currentTime };
}

/** Runs in the page. */
async function playShaka(mpd) {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  document.body.replaceChildren(video);
  const errors = [];
  const shaka = new window.shaka.Player();
  window.millrace = { video, errors, shaka, latency: () => Date.now() / 1000 - video.currentTime };
  shaka.addEventListener('error', (event) => errors.push(`${event.detail.code} ${event.detail.data}`));
  await shaka.attach(video);
  shaka.configure({
    // From its start on, and not only when it has seen that the latency is low.
    manifest: { dash: { autoCorrectDrift: false } },
    // It counts from where it begins, which is as far behind as the MPD says.
    streaming: {
      liveSync: {
        enabled: true, targetLatency: 0.1, targetLatencyTolerance: 0.1, minPlaybackRate: 0.96, maxPlaybackRate: 1.04,
      },
    },
  });
  await shaka.load(mpd);
}
