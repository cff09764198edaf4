import '../player/player.ts';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { channelOfAddress } from '../player/address.ts';

/** The bare player, to be shown in another site's frame. */
@customElement('millrace-embed')
export class EmbedPage extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<main class="embed"><millrace-player channel=${channelOfAddress(location.pathname)}></millrace-player></main>`;
  }
}
