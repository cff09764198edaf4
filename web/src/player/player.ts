import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type Hls from 'hls.js';
import { bitrate, codecName, frameRate, seconds } from '../shared/format.ts';
import { icons, mark } from '../shared/icons.ts';
import { recall, remember } from '../shared/storage.ts';
import { Playback, type PlaybackState } from './playback.ts';

/** What tests and the curious reach a playing page by. */
export interface MillraceHandle {
  readonly hls: Hls | undefined;
  readonly video: HTMLVideoElement;
  readonly state: PlaybackState;
  readonly stalls: number;
  /** Seconds behind the edge's clock, by PROGRAM-DATE-TIME; undefined while nothing plays. */
  latency(): number | undefined;
}

declare global {
  interface Window {
    millrace?: MillraceHandle;
  }
}

const HIDE_CONTROLS_MS = 2_800;
/** Behind the target by less than this counts as live. */
const LIVE_WITHIN_S = 1.5;

const NOTICES: Readonly<Partial<Record<PlaybackState, { title: string; text: string }>>> = {
  finding: { title: '', text: 'Looking for the channel…' },
  missing: { title: 'There is no such channel', text: 'If it is created, this page finds it.' },
  offline: { title: 'Not on air', text: 'Leave this page open: it starts by itself when the broadcast does.' },
  starting: { title: '', text: 'Starting…' },
  waiting: { title: 'The broadcaster’s connection was lost', text: 'It goes on by itself when they are back.' },
  reconnecting: { title: '', text: 'Reconnecting…' },
  ended: { title: 'The broadcast has ended', text: 'Leave this page open: the next one starts by itself.' },
  unreachable: { title: 'No connection to the server', text: 'Trying again.' },
  unplayable: { title: 'This browser cannot play live video', text: 'It has neither Media Source Extensions nor HLS of its own.' },
};

const STANDING = { title: '', text: 'Loading…' };

/** The player: picture, notices, controls and a panel of figures. */
@customElement('millrace-player')
export class MillracePlayer extends LitElement {
  @property() channel = '';
  /** Only picture and notices with the least controls, for the console's preview. */
  @property({ type: Boolean }) compact = false;
  @state() private statsOpen = recall('millrace.stats') === 'open';
  @state() private idle = false;
  @state() private fullscreen = false;
  playback: Playback | undefined;
  private idleTimer = 0;
  private tick = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('fullscreenchange', this.onFullscreen);
    this.tick = window.setInterval(() => this.requestUpdate(), 500);
    if (this.hasUpdated) this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('fullscreenchange', this.onFullscreen);
    clearInterval(this.tick);
    clearTimeout(this.idleTimer);
    this.playback?.stop();
    this.playback = undefined;
  }

  protected override firstUpdated(): void {
    this.begin();
  }

  private begin(): void {
    const video = this.querySelector('video')!;
    video.volume = storedVolume();
    // Sound needs a gesture on most browsers: start silent, offer sound.
    video.muted = true;
    const playback = new Playback(this.channel, video, () => this.onChanged());
    this.playback = playback;
    if (!this.compact) {
      window.millrace = {
        get hls() {
          return playback.hls;
        },
        video,
        get state() {
          return playback.state;
        },
        get stalls() {
          return playback.stalls;
        },
        latency: () => playback.latency(),
      };
    }
    playback.start();
  }

  private onChanged(): void {
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('playback', { bubbles: true }));
  }

  private readonly onFullscreen = (): void => {
    this.fullscreen = document.fullscreenElement === this.querySelector('.player-frame');
  };

  protected override render(): TemplateResult {
    const playback = this.playback;
    const current = playback?.state ?? 'finding';
    // While the broadcaster is away there is nothing to be behind of.
    const latency = current === 'waiting' ? undefined : playback?.latency();
    this.dataset.state = current;
    if (latency !== undefined) this.dataset.latency = latency.toFixed(3);
    else delete this.dataset.latency;
    const hideControls = this.idle && current === 'playing' && playback?.video.paused === false;
    return html`<div class="player-frame" @pointermove=${this.stir} @pointerdown=${this.stir} @focusin=${this.stir} @keydown=${this.onKeydown}>
      <div class="player player-${current} ${playback?.standing ? 'player-standing' : ''} ${hideControls ? 'player-idle' : ''} ${this.compact ? 'player-compact' : ''}">
      <video
        playsinline
        muted
        disableremoteplayback
        tabindex=${this.compact ? '-1' : '0'}
        aria-label="Live video"
        @click=${this.onPictureClick}
        @dblclick=${this.toggleFullscreen}
        @volumechange=${() => this.requestUpdate()}
      ></video>
      ${this.notice(current)} ${this.sound()} ${this.compact ? nothing : this.controls(latency)}
      </div>
      ${this.statsOpen && !this.compact ? this.stats() : nothing}
    </div>`;
  }

  private notice(current: PlaybackState): TemplateResult {
    if (this.playback?.needsTap) {
      return html`<div class="notice">
        <button type="button" class="big-play" aria-label="Play" @click=${this.togglePlay}>${icons.play}</button>
      </div>`;
    }
    const standing = this.playback?.standing ?? false;
    const notice = standing ? STANDING : NOTICES[current];
    const busy = standing || current === 'starting' || current === 'reconnecting' || current === 'finding';
    return html`<div class="notice ${notice ? '' : 'notice-none'} ${busy ? 'notice-busy' : ''}" role="status" aria-live="polite">
      ${notice
        ? html`<div class="notice-mark">${mark}</div>
            ${notice.title ? html`<p class="notice-title">${notice.title}</p>` : nothing}
            <p class="notice-text">${notice.text}</p>`
        : nothing}
    </div>`;
  }

  private sound(): TemplateResult | typeof nothing {
    const playback = this.playback;
    if (this.compact || playback?.state !== 'playing' || !playback.video.muted || playback.needsTap) return nothing;
    return html`<button type="button" class="unmute" @click=${this.toggleMute}>${icons.muted}Turn on sound</button>`;
  }

  private controls(latency: number | undefined): TemplateResult {
    const video = this.playback?.video;
    const paused = video?.paused ?? true;
    const muted = (video?.muted ?? true) || video?.volume === 0;
    const live = this.isLive();
    const playable = this.playback?.started ?? false;
    return html`<div class="controls" role="group" aria-label="Player controls">
      <button type="button" class="control" ?disabled=${!playable} aria-label=${paused ? 'Play' : 'Pause'} title="${paused ? 'Play' : 'Pause'} (k)" @click=${this.togglePlay}>
        ${paused ? icons.play : icons.pause}
      </button>
      <button type="button" class="control" aria-label=${muted ? 'Turn on sound' : 'Mute'} title="${muted ? 'Turn on sound' : 'Mute'} (m)" @click=${this.toggleMute}>
        ${muted ? icons.muted : icons.sound}
      </button>
      <input
        class="volume"
        type="range"
        min="0"
        max="100"
        step="5"
        aria-label="Volume"
        .value=${String(muted ? 0 : Math.round((video?.volume ?? 1) * 100))}
        @input=${this.onVolume}
      />
      <button type="button" class="live-button ${live ? 'live-now' : ''}" ?disabled=${!playable} aria-label=${live ? 'Live' : 'Go to live'} title="Go to live (l)" @click=${this.goLive}>
        <span class="live-dot"></span>${live ? 'Live' : 'Go live'}
      </button>
      <span class="spacer"></span>
      ${latency === undefined
        ? nothing
        : html`<span class="latency" data-latency title="Behind the server’s clock"
            >${seconds(latency)}<span class="latency-word"> behind</span></span
          >`}
      <button type="button" class="control" aria-label="Figures" aria-pressed=${this.statsOpen ? 'true' : 'false'} title="Figures (i)" @click=${this.toggleStats}>${icons.stats}</button>
      ${document.pictureInPictureEnabled
        ? html`<button type="button" class="control control-pip" ?disabled=${!playable} aria-label="Picture in picture" title="Picture in picture (p)" @click=${this.togglePip}>${icons.pip}</button>`
        : nothing}
      <button type="button" class="control" aria-label=${this.fullscreen ? 'Leave full screen' : 'Full screen'} title="Full screen (f)" @click=${this.toggleFullscreen}>
        ${this.fullscreen ? icons.shrink : icons.expand}
      </button>
    </div>`;
  }

  private stats(): TemplateResult {
    const s = this.playback?.stats();
    const row = (name: string, label: string, value: string | TemplateResult) =>
      html`<div><dt>${label}</dt><dd data-stat=${name}>${value}</dd></div>`;
    if (!s) return html``;
    const dropped = s.totalFrames > 0 ? ((100 * s.droppedFrames) / s.totalFrames).toFixed(2) : '0.00';
    return html`<dl class="stats" aria-label="Figures">
      ${row('latency', 'Latency', s.latencyS === undefined ? '–' : `${s.clockKnown ? '' : '≈ '}${seconds(s.latencyS)}`)}
      ${row('target', 'Target', seconds(s.targetS))}
      ${row('buffer', 'Buffer', seconds(s.bufferS))}
      ${row('rate', 'Speed', `${s.rate.toFixed(2)} ×`)}
      ${row('picture', 'Picture', s.width ? [`${s.width} × ${s.height}`, frameRate(s.frameRate)].filter(Boolean).join(', ') : '–')}
      ${row('bitrate', 'Bitrate', bitrate(s.bitrateBps))}
      ${row('codecs', 'Codecs', s.codecs ? s.codecs.split(',').map(codecName).join(', ') : '–')}
      ${row('dropped', 'Dropped frames', `${s.droppedFrames} of ${s.totalFrames} (${dropped} %)`)}
      ${row('stalls', 'Stalls', String(s.stalls))}
      ${row('parts', 'Parts', s.partTargetS ? `≤ ${Math.round(s.partTargetS * 1000)} ms` : 'none')}
      ${row('edge', 'Edge', s.edge || '–')}
    </dl>`;
  }

  private isLive(): boolean {
    const playback = this.playback;
    if (playback?.state !== 'playing' || playback.video.paused || !playback.following) return false;
    return (playback.behindS() ?? 0) < LIVE_WITHIN_S;
  }

  private readonly stir = (): void => {
    this.idle = false;
    clearTimeout(this.idleTimer);
    this.idleTimer = window.setTimeout(() => {
      // Controls that have the keyboard's focus stay.
      this.idle = !this.querySelector('.controls :focus-visible');
    }, HIDE_CONTROLS_MS);
  };

  private readonly onPictureClick = (event: PointerEvent): void => {
    // A tap on a touch screen shows the controls, a click of a mouse pauses.
    if (event.pointerType === 'mouse' && !this.compact) this.togglePlay();
  };

  private readonly togglePlay = (): void => {
    const playback = this.playback;
    if (!playback) return;
    if (playback.video.paused) void playback.play();
    else playback.pause();
  };

  private readonly toggleMute = (): void => {
    const video = this.playback?.video;
    if (!video) return;
    if (video.volume === 0) video.volume = 1;
    video.muted = !video.muted;
    this.stir();
  };

  private readonly onVolume = (event: Event): void => {
    const video = this.playback?.video;
    if (!video) return;
    video.volume = Number((event.target as HTMLInputElement).value) / 100;
    video.muted = video.volume === 0;
    remember('millrace.volume', String(video.volume));
  };

  private readonly goLive = (): void => this.playback?.goLive();

  private readonly toggleStats = (): void => {
    this.statsOpen = !this.statsOpen;
    remember('millrace.stats', this.statsOpen ? 'open' : 'closed');
  };

  private readonly togglePip = async (): Promise<void> => {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.playback?.video.requestPictureInPicture().catch(() => undefined);
  };

  private readonly toggleFullscreen = (): void => {
    if (this.compact) return;
    const video = this.playback?.video as (HTMLVideoElement & { webkitEnterFullscreen?: () => void }) | undefined;
    const player = this.querySelector<HTMLElement>('.player-frame')!;
    if (document.fullscreenElement) void document.exitFullscreen();
    // iPhones let only the video itself fill the screen.
    else if (player.requestFullscreen) void player.requestFullscreen().catch(() => undefined);
    else video?.webkitEnterFullscreen?.();
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (this.compact || event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = (event.target as HTMLElement).closest('button, input') !== null;
    const action = this.actionFor(event.key, onControl);
    if (!action) return;
    event.preventDefault();
    action();
    this.stir();
  };

  private actionFor(key: string, onControl: boolean): (() => void) | undefined {
    // Buttons and the slider keep their own keys.
    if (onControl && (key === ' ' || key === 'Enter' || key.startsWith('Arrow'))) return undefined;
    const actions: Readonly<Record<string, () => void>> = {
      ' ': this.togglePlay,
      k: this.togglePlay,
      m: this.toggleMute,
      f: this.toggleFullscreen,
      l: this.goLive,
      i: this.toggleStats,
      p: () => void this.togglePip(),
      ArrowUp: () => this.nudgeVolume(0.1),
      ArrowDown: () => this.nudgeVolume(-0.1),
    };
    return actions[key];
  }

  private nudgeVolume(by: number): void {
    const video = this.playback?.video;
    if (!video) return;
    video.volume = Math.min(1, Math.max(0, video.volume + by));
    video.muted = video.volume === 0;
    remember('millrace.volume', String(video.volume));
  }
}

function storedVolume(): number {
  const stored = Number.parseFloat(recall('millrace.volume') ?? '');
  return stored > 0 && stored <= 1 ? stored : 1;
}
