import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { api, Unreachable, type Channel, type ChannelWithKey } from '../shared/api.ts';
import { brand } from '../shared/icons.ts';
import '../shared/theme.ts';
import './sign-in.ts';
import './channel-list.ts';
import './channel-page.ts';
import './new-channel.ts';
import type { NewChannelDialog } from './new-channel.ts';
import { Feed } from './feed.ts';

type Access = 'asking' | 'signed-out' | 'signed-in';

const ASK_AGAIN_MS = 2_000;

/** The console: signs in, keeps the list of channels, and shows the list or one channel by the address's hash. */
@customElement('millrace-console')
export class MillraceConsole extends LitElement {
  @state() private access: Access = 'asking';
  @state() private unreachable = false;
  @state() private shown: string | undefined = shownChannel();
  @state() private now = Date.now();
  /** Keys shown on this page since it was loaded: the only place where they still are. */
  private readonly keys = new Map<string, ChannelWithKey>();
  private feed: Feed | undefined;
  private clock = 0;
  private retry = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.onHash);
    this.clock = window.setInterval(() => (this.now = Date.now()), 1_000);
    void this.ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.onHash);
    clearInterval(this.clock);
    clearTimeout(this.retry);
    this.feed?.stop();
  }

  private readonly onHash = (): void => {
    this.shown = shownChannel();
    window.scrollTo(0, 0);
    // What the reader of the page hears and where the keyboard goes on.
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }));
  };

  private async ask(): Promise<void> {
    try {
      const { signedIn } = await api.session();
      this.unreachable = false;
      if (signedIn) this.enter();
      else this.access = 'signed-out';
    } catch {
      this.unreachable = true;
      this.retry = window.setTimeout(() => void this.ask(), ASK_AGAIN_MS);
    }
  }

  private enter(): void {
    this.access = 'signed-in';
    this.feed?.stop();
    this.feed = new Feed(
      () => this.requestUpdate(),
      () => this.leave(),
    );
    this.feed.start();
  }

  private leave(): void {
    this.feed?.stop();
    this.feed = undefined;
    this.keys.clear();
    this.access = 'signed-out';
  }

  private async signOut(): Promise<void> {
    try {
      await api.signOut();
      this.leave();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.unreachable = true;
    }
  }

  private readonly onKey = (event: CustomEvent<ChannelWithKey>): void => {
    const channel = event.detail;
    this.keys.set(channel.id, channel);
    this.feed?.put(channel);
    location.hash = `#/channel/${channel.name}`;
    this.requestUpdate();
  };

  private readonly onRemoved = (event: CustomEvent<Channel>): void => {
    this.keys.delete(event.detail.id);
    this.feed?.drop(event.detail.id);
    location.hash = '#/';
  };

  private readonly openDialog = (): void => {
    this.querySelector<NewChannelDialog>('millrace-new-channel')?.open();
  };

  protected override render(): TemplateResult {
    return html`
      <a class="skip" href="#main" @click=${this.skip}>Skip to the content</a>
      <header class="top">
        <a class="top-brand" href="#/" aria-label="Millrace, start">${brand}</a>
        <div class="top-tools">
          ${this.connection()}
          ${this.access === 'signed-in'
            ? html`<button type="button" class="quiet" @click=${this.signOut}>Sign out</button>`
            : nothing}
          <millrace-theme></millrace-theme>
        </div>
      </header>
      <main id="main" class="main" tabindex="-1">${this.content()}</main>
    `;
  }

  private skip(event: Event): void {
    event.preventDefault();
    this.querySelector<HTMLElement>('#main')?.focus();
  }

  private connection(): TemplateResult {
    const connection = this.feed?.state.connection;
    const away = this.unreachable || connection === 'unreachable';
    return html`<span class="connection" role="status" aria-live="polite"
      >${away
        ? html`<span class="connection-away">Control plane unreachable, retrying</span>`
        : connection === 'connected'
          ? html`<span class="connection-live" title="Updates arrive as they happen">Up to date</span>`
          : connection === 'polling'
            ? html`<span class="connection-live" title="No event stream: the list is read every few seconds">Polling</span>`
            : nothing}</span
    >`;
  }

  private content(): TemplateResult | typeof nothing {
    if (this.access === 'asking') return nothing;
    if (this.access === 'signed-out') return html`<millrace-sign-in @signed-in=${() => this.enter()}></millrace-sign-in>`;
    const { channels, history } = this.feed!.state;
    const dialog = html`<millrace-new-channel @key-shown=${this.onKey}></millrace-new-channel>`;
    if (!channels) return html`<p class="loading" role="status">Reading the channels…</p>`;
    if (this.shown === undefined) {
      return html`<millrace-channels
          .channels=${channels}
          .history=${history}
          .now=${this.now}
          @new-channel=${this.openDialog}
        ></millrace-channels>
        ${dialog}`;
    }
    const channel = channels.find(({ name, id }) => name === this.shown || id === this.shown);
    if (!channel) {
      return html`<section class="missing">
        <h1 tabindex="-1">No channel “${this.shown}”</h1>
        <p>It may have been deleted or renamed.</p>
        <p><a class="button" href="#/">All channels</a></p>
      </section>`;
    }
    return html`<millrace-channel
      .channel=${channel}
      .withKey=${this.keys.get(channel.id)}
      .history=${history.get(channel.id)}
      .now=${this.now}
      @key-shown=${this.onKey}
      @removed=${this.onRemoved}
    ></millrace-channel>`;
  }
}

function shownChannel(): string | undefined {
  const found = /^#\/channel\/([^/]+)$/.exec(location.hash);
  return found ? decodeURIComponent(found[1]!) : undefined;
}
