import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Channel } from '../shared/api.ts';
import { bitrate, count, delay, trackSummary } from '../shared/format.ts';
import { icons, mark } from '../shared/icons.ts';
import { flow, hints, stateBadge, titleOf } from './parts.ts';

const ON_AIR_FIRST = { live: 0, waiting: 1, offline: 2 } as const;

/** All channels, those on air first. */
@customElement('millrace-channels')
export class ChannelList extends LitElement {
  @property({ attribute: false }) channels: readonly Channel[] = [];
  @property({ attribute: false }) history: ReadonlyMap<string, readonly number[]> = new Map();
  @property({ attribute: false }) now = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    if (this.channels.length === 0) return this.empty();
    const onAir = this.channels.filter((channel) => channel.live.state === 'live');
    const viewers = this.channels.reduce((sum, channel) => sum + channel.live.viewers, 0);
    const sorted = [...this.channels].sort((a, b) => ON_AIR_FIRST[a.live.state] - ON_AIR_FIRST[b.live.state]);
    return html`
      <div class="page-head">
        <div>
          <h1 tabindex="-1">Channels</h1>
          <p class="muted">
            ${onAir.length === 0 ? 'Nothing on air' : `${onAir.length} of ${this.channels.length} on air`} ·
            ${count(viewers, 'viewer', 'viewers')}
          </p>
        </div>
        <button type="button" class="primary" @click=${this.newChannel}>${icons.plus}New channel</button>
      </div>
      <ul class="channels">
        ${sorted.map((channel) => this.row(channel))}
      </ul>
    `;
  }

  private empty(): TemplateResult {
    return html`<section class="empty">
      <div class="empty-mark">${mark}</div>
      <h1 tabindex="-1">Open the sluice</h1>
      <p class="muted">
        A channel is an address that people watch and a key that your encoder publishes with. Create one, type two
        values into OBS, and the picture is in a browser about a second later.
      </p>
      <button type="button" class="primary large" @click=${this.newChannel}>${icons.plus}Create your first channel</button>
    </section>`;
  }

  private withoutTracks({ name, live }: Channel): string {
    switch (live.state) {
      case 'live':
        return 'Reading the stream…';
      case 'waiting':
        return 'Nothing arrives';
      case 'offline':
        return `/watch/${name}`;
    }
  }

  private row(channel: Channel): TemplateResult {
    const { live } = channel;
    const onAir = live.state !== 'offline';
    return html`<li class="channel channel-${live.state}" data-channel=${channel.name}>
      <div class="channel-name">
        ${stateBadge(live, this.now)}
        <h2><a href="#/channel/${channel.name}">${titleOf(channel)}</a></h2>
        <p class="muted channel-tracks">
          ${live.tracks.length > 0
            ? live.tracks.map((track) => html`<span>${trackSummary(track)}</span>`)
            : html`<span>${this.withoutTracks(channel)}</span>`}
        </p>
      </div>
      ${onAir ? html`<div class="channel-flow">${flow(this.history.get(channel.id))}</div>` : nothing}
      ${onAir ? this.figures(channel) : nothing}
      <div class="channel-actions">
        ${onAir
          ? html`<a class="button" href="/watch/${channel.name}">Watch</a>`
          : html`<a class="button" href="#/channel/${channel.name}">Set up</a>`}
      </div>
      ${hints(live)}
    </li>`;
  }

  private figures({ live }: Channel): TemplateResult {
    const latency = live.latencyMs;
    const keyframes = live.tracks.find((track) => track.kind === 'video')?.keyframeIntervalMs;
    return html`<dl class="figures">
      <div><dt>Viewers</dt><dd data-figure="viewers">${live.viewers.toLocaleString('en')}</dd></div>
      <div><dt>Bitrate</dt><dd data-figure="bitrate">${bitrate(live.bitrateBps)}</dd></div>
      <div><dt>Keyframes</dt><dd data-figure="keyframes">${keyframes ? `${(keyframes / 1000).toFixed(1)} s` : '–'}</dd></div>
      <div title="From arrival at the ingest to availability at the edge; a viewer is behind by the player’s buffer more">
        <dt>To the edge</dt><dd data-figure="latency">${delay(latency)}</dd>
      </div>
    </dl>`;
  }

  private newChannel(): void {
    this.dispatchEvent(new CustomEvent('new-channel'));
  }
}
