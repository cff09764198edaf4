// Plays a playlist or an MPD with a player, in headless Chromium, and tells what a viewer got, as one JSON object:
//   node web/live/play.mjs URL hlsjs|dashjs|shaka|page [SECONDS [SETTLE_SECONDS [BACK_SECONDS [RESTART_SECONDS]]]]
// with URL such as http://localhost:8080/live/demo/manifest.mpd, or for `page`, which is hls.js as our watch page has and
// paces it, http://localhost:8090/watch/demo.
// BACK_SECONDS: afterwards goes back so far, plays for five seconds there, returns to the live edge and tells of ten
// seconds more.
// RESTART_SECONDS: at last says "stage: restart" on stderr, whereupon whoever called it has the publisher end and come
// back; watches for so long, tells how long the picture stood still and whether the same player went on with what it had,
// and then of five seconds more. "stage: measuring" is said when the first measuring begins.
// hls.js and dash.js play as they come. shaka-player is configured for low latency: autoCorrectDrift off, liveSync on. The
// catch-up of dash.js is switched off before it goes back, and stays off.
// `marks` are the date ranges that the player has heard of, as EXT-X-DATERANGE or as events of the MPD. `errors` are those
// of the first stretch, `allErrors` those from beginning to end, "fatal" before what the player calls so; `warnings` are
// what the page wrote to its console as a warning or an error. `failure` says why nothing was measured; the exit status
// is 1 then.
// `startSeconds` is how long it took from the player's start to a picture that moves, `targetSeconds` how far behind the
// player itself says that it wants to be, where it says.
// Latency is told twice: by the presentation's clock, which is UTC, and by the clock strip in the demo's picture
// (docs/demo-picture.md); both need the page and the encoder on one clock. CHROMIUM: the browser's program.
// dash.js and shaka-player are not part of the pages: `npm ci --prefix web/live` gets them.
// DEBUG=1: what the player tells, and each answer that is no success, go to stderr.
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { measure } from './measure.mjs';

const PICTURE_WITHIN_MS = 30_000;
const WARNINGS_KEPT = 20;

const players = {
  hlsjs: { file: '../node_modules/hls.js/dist/hls.min.js', play: playHlsjs },
  dashjs: { file: 'node_modules/dashjs/dist/modern/umd/dash.all.min.js', play: playDashjs },
  shaka: { file: 'node_modules/shaka-player/dist/shaka-player.compiled.js', play: playShaka },
  page: { play: watchPage },
};
const [url, name, seconds = '60', settle = '5', back = '0', restart = '0'] = process.argv.slice(2);
const player = players[name];
if (!url || !player) {
  console.error(
    'usage: node web/live/play.mjs URL hlsjs|dashjs|shaka|page [SECONDS [SETTLE_SECONDS [BACK_SECONDS [RESTART_SECONDS]]]]',
  );
  process.exit(2);
}

const result = { player: name };
const warnings = [];
const browser = await launch();
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const answers = listen(page);
  try {
    await open(page);
    await watch(page);
  } catch (error) {
    result.failure = String(error.message ?? error).split('\n')[0];
    process.exitCode = 1;
  }
  Object.assign(result, await page.evaluate(() => ({ marks: window.millrace?.marks, allErrors: window.millrace?.errors })));
  console.log(JSON.stringify({ ...result, warnings, answers }, undefined, 2));
} finally {
  await browser.close();
}

/** Counts what is asked for, and keeps what the page complains about. */
function listen(page) {
  const answers = {};
  page.on('response', (response) => {
    const kind = /\.(m3u8|mpd|mpp|m4s|mp4)$/.exec(new URL(response.url()).pathname)?.[1] ?? 'other';
    const key = `${kind} ${response.status()}`;
    answers[key] = (answers[key] ?? 0) + 1;
    if (process.env.DEBUG && !response.ok()) console.error(Date.now(), response.status(), response.url());
  });
  const warned = (text) => warnings.length < WARNINGS_KEPT && warnings.push(text);
  page.on('console', (message) => {
    if (process.env.DEBUG) console.error(Date.now(), message.text());
    // The edge has no icon for the page.
    if (['warning', 'error'].includes(message.type()) && !message.location().url.endsWith('/favicon.ico')) warned(message.text());
  });
  page.on('pageerror', (error) => warned(String(error)));
  return answers;
}

async function open(page) {
  if (player.file) {
    // Any page will do: the edge answers every origin.
    await page.goto(new URL('/time', url).href);
    await page.addScriptTag({ path: fileURLToPath(new URL(player.file, import.meta.url)) });
  } else {
    await page.goto(url);
    await page.waitForFunction(() => window.millrace?.hls, undefined, { timeout: PICTURE_WITHIN_MS });
  }
  const begunAt = Date.now();
  await page.evaluate(player.play, url);
  const playing = () => window.millrace.video.readyState >= 3 && window.millrace.video.currentTime > 0;
  await page.waitForFunction(playing, undefined, { timeout: PICTURE_WITHIN_MS });
  result.startSeconds = (Date.now() - begunAt) / 1000;
}

async function watch(page) {
  await page.waitForTimeout(Number(settle) * 1000);
  console.error('stage: measuring');
  Object.assign(result, await page.evaluate(measure, Number(seconds) * 1000));
  result.targetSeconds = await page.evaluate(() => window.millrace.target?.());
  if (Number(back) > 0) {
    result.rewind = await page.evaluate(goBack, Number(back));
    result.returned = await page.evaluate(measure, 10_000);
  }
  if (Number(restart) > 0) {
    console.error('stage: restart');
    result.restart = await page.evaluate(watchOn, Number(restart));
    result.restarted = await page.evaluate(measure, 5_000);
  }
}

/** Runs in the page: watches for so long, and tells what stood still and whether anything was begun anew. */
async function watchOn(seconds) {
  const { video, hls, dash, shaka, errors } = window.millrace;
  const errorsBefore = errors.length;
  let reloads = 0;
  const onEmptied = () => reloads++;
  video.addEventListener('emptied', onEmptied);
  const endAt = performance.now() + seconds * 1000;
  let position = video.currentTime;
  let movedAt = performance.now();
  let stoodStillMs = 0;
  let longestMs = 0;
  const moved = () => {
    const stillMs = performance.now() - movedAt;
    movedAt += stillMs;
    if (stillMs < 300) return; // two looks may fall on one frame
    stoodStillMs += stillMs;
    longestMs = Math.max(longestMs, stillMs);
  };
  while (performance.now() < endAt) {
    await new Promise((done) => setTimeout(done, 50));
    if (video.currentTime !== position) moved();
    position = video.currentTime;
  }
  const stoodAtEnd = performance.now() - movedAt > 1000;
  moved();
  video.removeEventListener('emptied', onEmptied);
  const now = window.millrace;
  return {
    stoodStillSeconds: stoodStillMs / 1000,
    longestSeconds: longestMs / 1000,
    stoodAtEnd,
    reloads,
    samePlayer: now.video === video && now.hls === hls && now.dash === dash && now.shaka === shaka && video.isConnected,
    latencySeconds: now.latency(),
    errors: errors.slice(errorsBefore),
  };
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

/** Runs in our watch page, which plays by itself. */
function watchPage() {
  const page = window.millrace;
  const { playback } = document.querySelector('millrace-player');
  const errors = [];
  const marks = [];
  page.hls.on('hlsError', (_, data) => errors.push(`${data.fatal ? 'fatal ' : ''}${data.details}`));
  page.hls.on('hlsLevelUpdated', (_, data) => {
    for (const { id, class: kind, startDate } of Object.values(data.details.dateRanges)) {
      if (!marks.some((mark) => mark.id === id)) marks.push({ id, kind, at: startDate });
    }
  });
  window.millrace = {
    video: page.video,
    errors,
    get hls() {
      return page.hls;
    },
    get state() {
      return page.state;
    },
    latency: () => page.latency(),
    target: () => page.hls.targetLatency,
    live: () => playback.goLive(),
    // As one who pauses: the page does not draw them on to the live edge.
    beforeSeek: () => (playback.following = false),
    marks,
  };
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
  const target = () => hls.targetLatency;
  window.millrace = { video, errors, hls, latency, live, marks, target };
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
  window.millrace.target = () => dash.getTargetLiveDelay();
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
  // Of an MPD's events and of EXT-X-DATERANGE it tells a region, of the latter also metadata for each attribute.
  shaka.addEventListener('timelineregionadded', ({ detail: { id, schemeIdUri, value, startTime } }) => {
    if (!marks.some((mark) => mark.id === id)) marks.push({ id, kind: value || schemeIdUri, at: new Date(startTime * 1000) });
  });
  shaka.addEventListener('metadataadded', ({ startTime, metadataType, payload: { key, data } }) => {
    const told = marks.some((mark) => mark.key === key && mark.text === data && mark.at === startTime);
    if (!told) marks.push({ kind: metadataType, key, text: data, at: startTime });
  });
  window.millrace = { video, errors, shaka, latency, live: () => shaka.goToLive(), marks };
  // It calls those of the network fatal, and then asks again by itself: whether it went on is what tells.
  const isFatal = ({ severity, category }) => severity === 2 && category !== window.shaka.util.Error.Category.NETWORK;
  const failed = (error) => errors.push(`${isFatal(error) ? 'fatal ' : ''}${error.code ?? error} ${error.data ?? ''}`);
  shaka.addEventListener('error', (event) => failed(event.detail));
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
  await shaka.load(address).catch((error) => {
    failed(error);
    throw new Error(`shaka-player: ${errors.at(-1)}`);
  });
}
