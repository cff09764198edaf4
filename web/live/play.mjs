// Plays a playlist or an MPD with a player, in headless Chromium, and tells what a viewer got, as one JSON object:
//   node web/live/play.mjs URL hlsjs|dashjs|shaka [SECONDS [SETTLE_SECONDS [BACK_SECONDS]]]
// with URL such as http://localhost:8080/live/demo/manifest.mpd. BACK_SECONDS: afterwards goes back so far, plays for
// five seconds there, returns to the live edge and tells of ten seconds more.
// hls.js and dash.js play as they come. shaka-player is configured for low latency: autoCorrectDrift off, liveSync on. The
// catch-up of dash.js is switched off before it goes back, and stays off.
// `marks` are the date ranges that the player has heard of, as EXT-X-DATERANGE or as events of the MPD.
// Latency is told twice: by the presentation's clock, which is UTC, and by the clock strip in the demo's picture
// (docs/demo-picture.md); both need the page and the encoder on one clock. CHROMIUM: the browser's program.
// dash.js and shaka-player are not part of the pages: `npm ci --prefix web/live` gets them.
// DEBUG=1: what the player tells, and each answer that is no success, go to stderr.
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { measure } from './measure.mjs';

const players = {
  hlsjs: { file: '../node_modules/hls.js/dist/hls.min.js', play: playHlsjs },
  dashjs: { file: 'node_modules/dashjs/dist/modern/umd/dash.all.min.js', play: playDashjs },
  shaka: { file: 'node_modules/shaka-player/dist/shaka-player.compiled.js', play: playShaka },
};
const [url, name, seconds = '60', settle = '5', back = '0'] = process.argv.slice(2);
const player = players[name];
if (!url || !player) {
  console.error('usage: node web/live/play.mjs URL hlsjs|dashjs|shaka [SECONDS [SETTLE_SECONDS [BACK_SECONDS]]]');
  process.exit(2);
}

const browser = await launch();
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const asked = {};
  page.on('response', (response) => {
    const kind = /\.(m3u8|mpd|mpp|m4s|mp4)$/.exec(new URL(response.url()).pathname)?.[1] ?? 'other';
    const key = `${kind} ${response.status()}`;
    asked[key] = (asked[key] ?? 0) + 1;
    if (process.env.DEBUG && !response.ok()) console.error(Date.now(), response.status(), response.url());
  });
  if (process.env.DEBUG) page.on('console', (message) => console.error(Date.now(), message.text()));
  // Any page will do: the edge answers every origin.
  await page.goto(new URL('/time', url).href);
  await page.addScriptTag({ path: fileURLToPath(new URL(player.file, import.meta.url)) });
  await page.evaluate(player.play, url);
  await page.waitForFunction(() => window.millrace.video.readyState >= 3 && window.millrace.video.currentTime > 0, undefined, {
    timeout: 30_000,
  });
  await page.waitForTimeout(Number(settle) * 1000);
  const result = await page.evaluate(measure, Number(seconds) * 1000);
  const rewind = Number(back) > 0 ? await page.evaluate(goBack, Number(back)) : undefined;
  const returned = rewind && (await page.evaluate(measure, 10_000));
  const marks = await page.evaluate(() => window.millrace.marks);
  console.log(JSON.stringify({ player: name, ...result, rewind, returned, marks, answers: asked }, undefined, 2));
} finally {
  await browser.close();
}

/** Runs in the page: goes back, plays there, and returns. */
async function goBack(seconds) {
  const { video, live, beforeSeek } = window.millrace;
  beforeSeek?.();
  const until = async (what) => {
    const startedAt = performance.now();
    while (!what()) {
      if (performance.now() - startedAt > 15_000) return false;
      await new Promise((done) => setTimeout(done, 50));
    }
    return true;
  };
  const from = video.currentTime;
  video.currentTime = from - seconds;
  const wentBack = await until(() => !video.seeking && video.readyState >= 3);
  const there = video.currentTime;
  const played = await until(() => video.currentTime > there + 5);
  live();
  const returned = await until(() => !video.seeking && video.currentTime > from && video.readyState >= 3);
  await new Promise((done) => setTimeout(done, 5_000));
  return { wentBack, landedSecondsBack: from - there, played, returned };
}

/** Runs in the page. */
function playHlsjs(playlist) {
  const video = document.createElement('video');
  video.muted = true;
  document.body.replaceChildren(video);
  const errors = [];
  const hls = new window.Hls();
  const marks = [];
  hls.on('hlsError', (_, data) => errors.push(`${data.fatal ? 'fatal ' : ''}${data.details}`));
  hls.on('hlsLevelUpdated', (_, data) => {
    for (const { id, class: kind, startDate } of Object.values(data.details.dateRanges)) {
      if (!marks.some((mark) => mark.id === id)) marks.push({ id, kind, at: startDate });
    }
  });
  hls.loadSource(playlist);
  hls.attachMedia(video);
  void video.play();
  const latency = () => (hls.playingDate ? (Date.now() - hls.playingDate.getTime()) / 1000 : undefined);
  const live = () => (video.currentTime = hls.liveSyncPosition);
  window.millrace = { video, errors, hls, latency, live, marks };
}

/** Runs in the page. */
function playDashjs(mpd) {
  const video = document.createElement('video');
  video.muted = true;
  document.body.replaceChildren(video);
  const errors = [];
  const dash = window.dashjs.MediaPlayer().create();
  dash.on('error', (event) => errors.push(`${event.error?.code ?? event.error} ${event.error?.message ?? ''}`));
  const marks = [];
  for (const scheme of ['urn:millrace:date-range:2026', 'urn:scte:scte35:2014:xml+bin']) {
    const heard = ({ event }) => {
      const { id, calculatedPresentationTime: seconds, eventStream } = event;
      if (!marks.some((mark) => mark.id === id)) marks.push({ id, kind: eventStream.value || scheme, at: new Date(seconds * 1000) });
    };
    dash.on(scheme, heard, undefined, { mode: window.dashjs.MediaPlayer.events.EVENT_MODE_ON_START });
  }
  dash.initialize(video, mpd, true);
  const latency = () => Date.now() / 1000 - video.currentTime;
  window.millrace = { video, errors, dash, latency, live: () => dash.seekToOriginalLive(), marks };
  // It returns by itself from further back than its catch-up reaches.
  window.millrace.beforeSeek = () => dash.updateSettings({ streaming: { liveCatchup: { enabled: false } } });
}

/** Runs in the page. */
async function playShaka(address) {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  document.body.replaceChildren(video);
  const errors = [];
  const shaka = new window.shaka.Player();
  // The clock of an MPD of ours begins in 1970, and that of a playlist with its first segment.
  const dash = address.endsWith('.mpd');
  const clock = () => (dash ? video.currentTime * 1000 : shaka.getPlayheadTimeAsDate().getTime());
  const latency = () => (Date.now() - clock()) / 1000;
  const marks = [];
  // Of an MPD's events it tells a region, of EXT-X-DATERANGE metadata with a key for each attribute.
  shaka.addEventListener('timelineregionadded', ({ detail: { id, schemeIdUri, value, startTime } }) => {
    if (!marks.some((mark) => mark.id === id)) marks.push({ id, kind: value || schemeIdUri, at: new Date(startTime * 1000) });
  });
  shaka.addEventListener('metadataadded', ({ startTime, metadataType, payload }) => {
    marks.push({ kind: metadataType, key: payload.key, text: payload.data, at: startTime });
  });
  window.millrace = { video, errors, shaka, latency, live: () => shaka.goToLive(), marks };
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
  await shaka.load(address);
}
