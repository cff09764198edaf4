import Hls, { type ErrorData, ErrorTypes, type LevelDetails } from 'hls.js';
import { api, ApiProblem, type PublicChannel } from '../shared/api.ts';
import { trimBackBuffer } from './back-buffer.ts';
import { BitrateMeter } from './bitrate.ts';
import { EdgeClock, timeUrlOf } from './clock.ts';
import { HLS_CONFIG } from './hls-config.ts';
import { EdgeDistance, pace, TargetLatency } from './pace.ts';

/**
 * What the viewer is told.
 *
 * `starting` has found a broadcast and waits for its first picture; `waiting` has lost the publisher, who may come
 * back; `ended` has played a broadcast to its end; `unplayable` is a browser without Media Source Extensions and HLS.
 */
export type PlaybackState =
  | 'finding'
  | 'missing'
  | 'offline'
  | 'starting'
  | 'playing'
  | 'waiting'
  | 'reconnecting'
  | 'ended'
  | 'unreachable'
  | 'unplayable';

export interface PlaybackStats {
  latencyS: number | undefined;
  targetS: number | undefined;
  /** Whether the edge's own clock is behind the latency, or only this machine's. */
  clockKnown: boolean;
  bufferS: number;
  rate: number;
  width: number;
  height: number;
  frameRate: number | undefined;
  bitrateBps: number | undefined;
  droppedFrames: number;
  totalFrames: number;
  stalls: number;
  codecs: string;
  partTargetS: number | undefined;
  edge: string;
}

const FIND_AGAIN_MS = 2_000;
const LOOK_WHILE_PLAYING_MS = 5_000;
const PACE_EVERY_MS = 100;
const MEDIA_ERROR_APART_MS = 3_000;
/** This many part targets without a new part mean that none is made. */
const AWAY_AFTER_PARTS = 2.5;
/** Without a picture, and nothing more buffered for this long, start over. A far keyframe takes many parts. */
const START_TIMEOUT_MS = 12_000;
/** Playback that stands still this long at the end of an ended broadcast has played it. */
const ENDED_AFTER_MS = 400;
const ENDED_BUFFER_S = 0.3;
/** Playback that stands still this long says so. */
const STANDING_MS = 600;
/** Playback that stands still this long is moved on: to what is buffered ahead, or to the live edge. */
const MOVE_ON_MS = 1_000;
const FAR_BEHIND_S = 1.5;
/** Playback that stands still this long although the channel is live is started over. */
const STUCK_MS = 8_000;

/**
 * Plays a channel for as long as the page is open: finds out whether it is on air, starts when it is, recovers what
 * breaks, notices the end, and goes on with the next broadcast.
 */
export class Playback {
  state: PlaybackState = 'finding';
  channel: PublicChannel | undefined;
  hls: Hls | undefined;
  /** Whether playback holds its target latency: not while paused, nor after the viewer chose to stay behind. */
  following = true;
  /** The browser refused to start by itself; a tap is needed. */
  needsTap = false;
  stalls = 0;

  private clock: EdgeClock | undefined;
  private target = new TargetLatency();
  private distance = new EdgeDistance();
  private distanceS: number | undefined;
  private details: LevelDetails | undefined;
  private bitrate = new BitrateMeter();
  private findTimer = 0;
  private paceTimer = 0;
  private restartTimer = 0;
  private restarts = 0;
  private mediaErrorAtMs = Number.NEGATIVE_INFINITY;
  private progressAtMs = 0;
  private movedAtMs = 0;
  private movedOnAtMs = 0;
  private lastPosition = -1;
  private sawPicture = false;
  private stopped = false;
  private autoStart = true;
  private readonly listeners = new AbortController();

  constructor(
    private readonly name: string,
    readonly video: HTMLVideoElement,
    private readonly changed: () => void,
  ) {}

  start(): void {
    const { signal } = this.listeners;
    this.video.addEventListener('playing', () => this.onPlaying(), { signal });
    this.video.addEventListener('waiting', () => this.onWaiting(), { signal });
    this.video.addEventListener('ended', () => this.onEnded(), { signal });
    this.video.addEventListener('error', () => this.onNativeError(), { signal });
    // A hidden page's timers are slowed down: coming back, look and catch up at once.
    document.addEventListener('visibilitychange', () => document.hidden || this.wake(), { signal });
    window.addEventListener('online', () => this.wake(), { signal });
    this.paceTimer = window.setInterval(() => this.steer(), PACE_EVERY_MS);
    void this.find();
  }

  stop(): void {
    this.stopped = true;
    this.listeners.abort();
    clearTimeout(this.findTimer);
    clearInterval(this.paceTimer);
    this.unload();
  }

  /** Seconds behind the edge's clock, by PROGRAM-DATE-TIME. */
  latency(): number | undefined {
    if (!this.sawPicture) return undefined;
    const playing = this.playingDateMs();
    if (playing === undefined) return undefined;
    return ((this.clock?.nowMs() ?? Date.now()) - playing) / 1000;
  }

  async play(): Promise<void> {
    this.autoStart = true;
    try {
      await this.video.play();
      this.needsTap = false;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') await this.playMuted();
    }
    this.changed();
  }

  pause(): void {
    this.autoStart = false;
    this.following = false;
    this.video.pause();
    this.changed();
  }

  /** To the live edge, and hold on to it. */
  goLive(): void {
    this.following = true;
    const sync = this.hls?.liveSyncPosition;
    if (sync && sync - this.video.currentTime > 0.3) this.video.currentTime = sync;
    void this.play();
  }

  stats(): PlaybackStats {
    const quality = this.video.getVideoPlaybackQuality?.();
    const level = this.hls?.levels?.[Math.max(0, this.hls.currentLevel)];
    const hls = this.channel?.watch.hls;
    return {
      latencyS: this.latency(),
      targetS: this.targetS(),
      clockKnown: this.clock?.known ?? false,
      bufferS: this.bufferS(),
      rate: this.video.playbackRate,
      width: this.video.videoWidth,
      height: this.video.videoHeight,
      frameRate: level?.frameRate || undefined,
      bitrateBps: this.bitrate.bps(performance.now()) ?? level?.bitrate,
      droppedFrames: quality?.droppedVideoFrames ?? 0,
      totalFrames: quality?.totalVideoFrames ?? 0,
      stalls: this.stalls,
      codecs: level?.codecs ?? '',
      partTargetS: this.details?.partTarget || undefined,
      edge: hls ? new URL(hls, location.href).host : '',
    };
  }

  private set(state: PlaybackState): void {
    if (this.stopped || this.state === state) return;
    this.state = state;
    this.changed();
  }

  /** Whether what should play has stood still for longer than an eye forgives. */
  get standing(): boolean {
    return this.state === 'playing' && !this.video.paused && !this.needsTap && performance.now() - this.movedAtMs > STANDING_MS;
  }

  /** Whether there is a picture to control. */
  get started(): boolean {
    return this.loaded && this.sawPicture;
  }

  private wake(): void {
    if (this.stopped) return;
    clearTimeout(this.findTimer);
    void this.find();
  }

  private get loaded(): boolean {
    return this.hls !== undefined || this.video.src !== '';
  }

  /** Asks the control plane about the channel, now and again; its absence does not touch what plays. */
  private async find(): Promise<void> {
    try {
      const channel = await api.publicChannel(this.name);
      if (this.stopped) return;
      this.channel = channel;
      this.onFound(channel);
    } catch (error) {
      if (this.stopped) return;
      if (!this.loaded) this.set(error instanceof ApiProblem && error.status === 404 ? 'missing' : 'unreachable');
    }
    clearTimeout(this.findTimer);
    this.findTimer = window.setTimeout(() => void this.find(), this.state === 'playing' ? LOOK_WHILE_PLAYING_MS : FIND_AGAIN_MS);
    this.changed();
  }

  private onFound(channel: PublicChannel): void {
    if (this.loaded) {
      if (channel.state === 'waiting' && this.bufferS() < 0.1) this.set('waiting');
      return;
    }
    // A restart is under way with its own delay.
    if (this.restartTimer !== 0) return;
    if (channel.live && channel.watch.hls) this.load(channel.watch.hls);
    else if (this.state !== 'ended') this.set('offline');
  }

  private load(url: string): void {
    this.progressAtMs = this.movedAtMs = performance.now();
    this.sawPicture = false;
    this.following = true;
    // After an end the address may show the old broadcast for a while: that it is another is known with its playlist.
    if (this.state !== 'reconnecting' && this.state !== 'ended') this.set('starting');
    this.clock?.stop();
    this.clock = new EdgeClock(timeUrlOf(new URL(url, location.href).href));
    this.clock.start();
    if (Hls.isSupported()) this.loadWithHlsJs(url);
    else if (this.video.canPlayType('application/vnd.apple.mpegurl')) this.loadNatively(url);
    else this.set('unplayable');
  }

  private loadNatively(url: string): void {
    this.video.src = url;
    if (this.autoStart) void this.play();
  }

  private loadWithHlsJs(url: string): void {
    const hls = new Hls(HLS_CONFIG);
    this.hls = hls;
    hls.on(Hls.Events.ERROR, (_event, data) => this.hls === hls && this.onError(data));
    hls.on(Hls.Events.LEVEL_LOADED, (_event, { details }) => this.hls === hls && this.onDetails(details));
    hls.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => this.hls === hls && (this.details = details));
    hls.on(Hls.Events.FRAG_LOADED, (_event, { frag, part, payload }) => {
      this.bitrate.add(performance.now(), payload.byteLength, frag.type === 'main' ? (part ?? frag).duration : 0);
    });
    hls.on(Hls.Events.MANIFEST_PARSED, () => this.hls === hls && this.autoStart && void this.play());
    hls.on(Hls.Events.FRAG_BUFFERED, () => (this.progressAtMs = performance.now()));
    trimBackBuffer(hls, this.video);
    hls.attachMedia(this.video);
    hls.loadSource(url);
  }

  private onDetails(details: LevelDetails): void {
    this.details = details;
    if (details.live) {
      if (this.state === 'ended') this.set('starting');
    } else if (!this.sawPicture) {
      // The address still shows the broadcast that is over: there is nothing to watch until the next one.
      this.unload();
      this.set(this.state === 'starting' ? 'offline' : 'ended');
    }
  }

  private unload(): void {
    clearTimeout(this.restartTimer);
    this.restartTimer = 0;
    this.hls?.destroy();
    this.hls = undefined;
    this.details = undefined;
    this.bitrate = new BitrateMeter();
    this.lastPosition = -1;
    this.distance = new EdgeDistance();
    this.distanceS = undefined;
    this.clock?.stop();
    if (this.video.hasAttribute('src')) {
      this.video.removeAttribute('src');
      this.video.load();
    }
    this.video.playbackRate = 1;
  }

  private async playMuted(): Promise<void> {
    this.video.muted = true;
    try {
      await this.video.play();
      this.needsTap = false;
    } catch {
      this.needsTap = true;
    }
  }

  private onPlaying(): void {
    this.sawPicture = true;
    this.restarts = 0;
    this.movedAtMs = performance.now();
    this.set('playing');
  }

  private onWaiting(): void {
    // The first picture and a seek are no stalls.
    if (!this.sawPicture || this.video.seeking || this.state !== 'playing' || this.bufferS() > 0.5) return;
    if (this.broadcasterAway()) {
      this.wake();
      return;
    }
    this.stalls++;
    this.target.stalled(performance.now());
    this.changed();
  }

  /** The playlist has stopped growing: more of a buffer would not have helped. */
  private broadcasterAway(): boolean {
    const details = this.hls?.latestLevelDetails;
    return details?.live === true && details.age > AWAY_AFTER_PARTS * (details.partTarget || details.targetduration);
  }

  private onEnded(): void {
    this.unload();
    this.set('ended');
    this.wake();
  }

  private onNativeError(): void {
    // hls.js reports its own media errors.
    if (this.hls === undefined && this.video.error && this.video.hasAttribute('src')) this.startOver();
  }

  private onError(data: ErrorData): void {
    if (!data.fatal) return;
    const now = performance.now();
    if (data.type === ErrorTypes.MEDIA_ERROR && now - this.mediaErrorAtMs > MEDIA_ERROR_APART_MS) {
      this.mediaErrorAtMs = now;
      this.hls?.recoverMediaError();
      if (this.autoStart) void this.play();
      return;
    }
    this.startOver();
  }

  /** Loads the channel's address anew: at once the first time, then with growing delays. */
  private startOver(): void {
    this.unload();
    this.set(this.sawPicture || this.state === 'reconnecting' ? 'reconnecting' : 'starting');
    const delayMs = Math.min(5_000, 250 * 2 ** this.restarts++);
    this.restartTimer = window.setTimeout(() => {
      this.restartTimer = 0;
      const url = this.channel?.watch.hls;
      // The last known address is tried even while the control plane is away: edges go on without it.
      if (url && this.channel?.live) this.load(url);
      else this.wake();
    }, delayMs);
  }

  private steer(): void {
    if (!this.loaded) return;
    this.watchForStandstill();
    if (this.video.paused || this.video.seeking || !this.following || !this.sawPicture || !this.hls) return;
    if (!this.details?.live) {
      this.video.playbackRate = 1;
      return;
    }
    const measuredS = this.edgeDistanceS();
    const targetS = this.targetS();
    if (measuredS === undefined || targetS === undefined) return;
    const distanceS = this.distance.add(measuredS);
    this.distanceS = distanceS;
    const next = pace({ distanceS, targetS, bufferS: this.bufferS(), rate: this.video.playbackRate });
    if (next.skipS > 0) this.video.currentTime += next.skipS;
    if (this.video.playbackRate !== next.rate) this.video.playbackRate = next.rate;
  }

  private watchForStandstill(): void {
    const now = performance.now();
    if (this.video.currentTime !== this.lastPosition || (this.video.paused && this.sawPicture) || this.needsTap) {
      this.lastPosition = this.video.currentTime;
      this.movedAtMs = now;
      return;
    }
    const stillMs = now - this.movedAtMs;
    if (stillMs > ENDED_AFTER_MS && this.playedToTheEnd()) {
      this.onEnded();
      return;
    }
    // While the control plane is away its last word may be old: a playlist that grows knows better.
    if (this.channel?.state === 'waiting' && (!this.hls || this.broadcasterAway())) {
      if (stillMs > 1_000) this.set('waiting');
      return;
    }
    if (stillMs > MOVE_ON_MS && now - this.movedOnAtMs > MOVE_ON_MS) this.moveOn(now);
    if (!this.sawPicture && now - this.progressAtMs > START_TIMEOUT_MS) this.startOver();
    else if (this.sawPicture && stillMs > STUCK_MS) this.startOver();
  }

  /**
   * Whether what stands still is all there was. The browser says `ended` only where sound and picture end together, and
   * they rarely do: the player cannot play on where one of them is missing.
   */
  private playedToTheEnd(): boolean {
    return this.sawPicture && this.details?.live === false && this.bufferS() < ENDED_BUFFER_S;
  }

  /**
   * On a machine that is busy while the page opens, hls.js may leave a hole in the buffer before which it waits, or stop
   * asking for parts at the playhead: whoever wants to see what is live is better served by going there. To what is not
   * loaded yet only from far behind, so that a slow connection is not told to begin anew all the time.
   */
  private moveOn(now: number): void {
    const { video, hls } = this;
    if (!hls || !this.details?.live || !this.following || video.paused || this.broadcasterAway()) return;
    const buffered = nextStart(video.buffered, video.currentTime);
    const live = this.sawPicture ? hls.liveSyncPosition : null;
    const next = buffered ?? (live && live - video.currentTime > FAR_BEHIND_S ? live : undefined);
    if (next === undefined) return;
    this.movedOnAtMs = now;
    video.currentTime = next + 0.01;
  }

  /** How far behind its target playback is; undefined while nothing live plays. */
  behindS(): number | undefined {
    const targetS = this.targetS();
    const distanceS = this.following ? this.distanceS : this.edgeDistanceS();
    return targetS === undefined || distanceS === undefined ? undefined : distanceS - targetS;
  }

  /** From the playhead to the end of what is published by now; a part that is due counts, one that is late does not. */
  private edgeDistanceS(): number | undefined {
    const details = this.hls?.latestLevelDetails;
    if (!details?.live || !this.sawPicture) return undefined;
    const sinceS = Math.min(details.age, details.partTarget || details.targetduration);
    return details.edge + sinceS - this.video.currentTime;
  }

  private targetS(): number | undefined {
    const details = this.details;
    if (!details) return undefined;
    const holdBack = details.partHoldBack || details.holdBack || 3 * details.targetduration;
    return this.target.seconds(holdBack, performance.now());
  }

  private playingDateMs(): number | undefined {
    const date = this.hls?.playingDate;
    if (date) return date.getTime();
    // Safari's own player knows the date of its timeline's start.
    const start = (this.video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.();
    if (!start || Number.isNaN(start.getTime())) return undefined;
    return start.getTime() + this.video.currentTime * 1000;
  }

  private bufferedEnd(): number {
    const { buffered, currentTime } = this.video;
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) <= currentTime + 0.1 && currentTime <= buffered.end(i)) return buffered.end(i);
    }
    return currentTime;
  }

  private bufferS(): number {
    return Math.max(0, this.bufferedEnd() - this.video.currentTime);
  }
}

/** Where the first stretch begins that is buffered beyond `position`, if any. */
function nextStart(buffered: TimeRanges, position: number): number | undefined {
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) > position + 0.1) return buffered.start(i);
  }
  return undefined;
}
