import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { count, elapsed } from '../shared/format.ts';
import { brand } from '../shared/icons.ts';
import '../shared/theme.ts';
import '../player/player.ts';
import type { MillracePlayer } from '../player/player.ts';
import { channelOfAddress } from '../player/address.ts';

/** The page that plays one channel. */
@customElement('millrace-watch')
export class WatchPage extends LitElement {
  @query('millrace-player') private player?: MillracePlayer;
  private readonly name = channelOfAddress(location.pathname);
  private clock = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = window.setInterval(() => this.requestUpdate(), 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  protected override render(): TemplateResult {
    const playback = this.player?.playback;
    const channel = playback?.channel;
    const title = channel?.title || channel?.name || this.name;
    document.title = `${title} · Millrace`;
    const onAir = channel?.live && playback?.state !== 'ended';
    return html`
      <header class="top">
        <a class="top-brand" href="/" aria-label="Millrace">${brand}</a>
        <div class="top-tools"><millrace-theme></millrace-theme></div>
      </header>
      <main class="watch">
        <millrace-player channel=${this.name} @playback=${() => this.requestUpdate()}></millrace-player>
        <div class="watch-about">
          <h1>${title}</h1>
          <p class="watch-meta">
            ${onAir
              ? html`<span class="state state-${channel.state}"><span class="state-dot"></span>${channel.state === 'live' ? 'Live' : 'Waiting'}</span>
                  ${channel.state === 'live' && channel.since ? html`<span>for ${elapsed(channel.since, Date.now())}</span>` : nothing}
                  <span data-viewers>${count(channel.viewers, 'viewer', 'viewers')}</span>`
              : nothing}
          </p>
        </div>
      </main>
    `;
  }
}
