import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { api, type Channel, type ChannelWithKey } from '../shared/api.ts';
import { bitrate, codecName, delay, frameRate, trackSummary, videoOf } from '../shared/format.ts';
import { icons } from '../shared/icons.ts';
import '../shared/copy-field.ts';
import { flow, hints, stateBadge, titleOf } from './parts.ts';
import { setupCard } from './setup-card.ts';

type Question = 'end' | 'rotate' | 'delete';

const QUESTIONS: Readonly<Record<Question, { title: string; text: string; yes: string; danger: boolean }>> = {
  end: {
    title: 'End this broadcast?',
    text: 'Viewers see the end at once. An encoder that keeps sending begins a new broadcast.',
    yes: 'End broadcast',
    danger: true,
  },
  rotate: {
    title: 'Make a new stream key?',
    text: 'The key in use is refused from now on, and an encoder that is on air with it is disconnected. With the new key it can go on with the same broadcast within the grace period.',
    yes: 'Make a new key',
    danger: false,
  },
  delete: {
    title: 'Delete this channel?',
    text: 'What is on air ends, the key stops working, and the address is free for another channel. This cannot be undone.',
    yes: 'Delete channel',
    danger: true,
  },
};

/** One channel: what is on air, how to publish to it, where it is watched. Fires `key-shown` and `removed`. */
@customElement('millrace-channel')
export class ChannelPage extends LitElement {
  @property({ attribute: false }) channel!: Channel;
  @property({ attribute: false }) withKey: ChannelWithKey | undefined;
  @property({ attribute: false }) history: readonly number[] | undefined;
  @property({ attribute: false }) now = 0;
  @state() private question: Question = 'end';
  @state() private busy = false;
  @state() private problem = '';
  @state() private preview = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(): void {
    document.title = `${titleOf(this.channel)} · Millrace`;
    if (this.channel.live.state === 'offline') this.preview = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.title = 'Millrace';
  }

  protected override render(): TemplateResult {
    const { channel } = this;
    const onAir = channel.live.state !== 'offline';
    // What a person needs next comes first: the key while it can be seen or nothing is on air, the figures otherwise.
    const setupFirst = this.knownKey() !== undefined || !onAir;
    return html`
      <p class="crumb"><a href="#/">${icons.back}All channels</a></p>
      <div class="page-head">
        <div>
          ${stateBadge(channel.live, this.now)}
          <h1 tabindex="-1">${titleOf(channel)}</h1>
        </div>
        <div class="page-actions">
          <a class="button ${onAir ? 'primary' : ''}" href="/watch/${channel.name}">${icons.eye}Watch page</a>
          ${onAir ? html`<button type="button" @click=${() => this.ask('end')}>End broadcast</button>` : nothing}
        </div>
      </div>
      ${setupFirst ? [this.setup(), onAir ? this.onAir() : nothing] : [this.onAir(), this.setup()]}
      ${this.addresses()} ${this.danger()} ${this.dialog()}
    `;
  }

  private setup(): TemplateResult {
    return setupCard(this.channel, this.knownKey(), () => this.ask('rotate'));
  }

  /** The key, where this page still has it and no other was made since. */
  private knownKey(): string | undefined {
    const key = this.withKey?.key;
    const hint = this.channel.keyHint?.replace('…', '');
    return key !== undefined && (!hint || key.startsWith(hint)) ? key : undefined;
  }

  private onAir(): TemplateResult {
    const { live } = this.channel;
    const video = videoOf(live.tracks);
    const audio = live.tracks.find((track) => track.kind === 'audio');
    const figure = (name: string, label: string, value: string, note = '') =>
      html`<div>
        <dt>${label}</dt>
        <dd data-figure=${name}>${value}${note ? html`<small>${note}</small>` : nothing}</dd>
      </div>`;
    return html`<section class="card on-air" aria-labelledby="on-air-heading">
      <div class="card-head">
        <h2 id="on-air-heading">On air</h2>
        <button type="button" class="quiet" aria-pressed=${this.preview ? 'true' : 'false'} @click=${this.togglePreview}>
          ${this.preview ? 'Hide preview' : 'Show preview'}
        </button>
      </div>
      ${hints(live)}
      <div class="on-air-body">
        ${this.preview
          ? html`<div class="on-air-preview"><millrace-player channel=${this.channel.name} compact></millrace-player></div>`
          : nothing}
        <div class="on-air-figures">
          <div class="on-air-flow" title="Bitrate over the last minute">${flow(this.history)}</div>
          <dl class="figures figures-wide">
            ${figure('viewers', 'Viewers', live.viewers.toLocaleString('en'))}
            ${figure('bitrate', 'Bitrate', bitrate(live.bitrateBps))}
            ${figure('latency', 'To the edge', delay(live.latencyMs), 'before players’ buffers')}
            ${figure('resolution', 'Picture', video?.width ? `${video.width} × ${video.height}` : '–', frameRate(video?.frameRate))}
            ${figure('keyframes', 'Keyframes', video?.keyframeIntervalMs ? `${(video.keyframeIntervalMs / 1000).toFixed(1)} s` : '–', 'apart')}
            ${figure('video-codec', 'Video', video ? codecName(video.codec) : 'none', video?.bitrateBps ? bitrate(video.bitrateBps) : '')}
            ${figure('audio-codec', 'Audio', audio ? trackSummary(audio).split(' · ')[0]! : 'none', audio ? trackSummary(audio).split(' · ').slice(1).join(' · ') : '')}
          </dl>
          ${live.publisher ? html`<p class="publisher muted">From ${live.publisher}</p>` : nothing}
        </div>
      </div>
    </section>`;
  }

  private async togglePreview(): Promise<void> {
    if (!this.preview) await import('./preview.ts');
    this.preview = !this.preview;
  }

  private addresses(): TemplateResult {
    const { watch, name } = this.channel;
    const page = new URL(`/watch/${name}`, location.href).href;
    const embed = `<iframe src="${new URL(`/embed/${name}`, location.href).href}" width="640" height="360" allow="autoplay; fullscreen; picture-in-picture" title="${titleOf(this.channel).replaceAll('"', '')}"></iframe>`;
    return html`<section class="card" aria-labelledby="addresses-heading">
      <h2 id="addresses-heading">Where it is watched</h2>
      <millrace-copy label="Page" value=${page}></millrace-copy>
      ${watch.hls
        ? html`<millrace-copy label="HLS" value=${watch.hls}></millrace-copy>`
        : html`<p class="setup-none">No edge has joined yet: the address to play from appears here when one does.</p>`}
      ${watch.dash ? html`<millrace-copy label="DASH" value=${watch.dash}></millrace-copy>` : nothing}
      <millrace-copy label="Embed" value=${embed} long></millrace-copy>
    </section>`;
  }

  private danger(): TemplateResult {
    return html`<section class="card card-danger" aria-labelledby="danger-heading">
      <div>
        <h2 id="danger-heading">Delete this channel</h2>
        <p class="muted">Ends what is on air and removes <b>${this.channel.name}</b> with its key.</p>
      </div>
      <button type="button" class="danger" @click=${() => this.ask('delete')}>Delete channel</button>
    </section>`;
  }

  private dialog(): TemplateResult {
    const { title, text, yes, danger } = QUESTIONS[this.question];
    return html`<dialog class="dialog" aria-labelledby="question-heading" aria-describedby="question-text">
      <form method="dialog" @submit=${this.answer}>
        <h2 id="question-heading">${title}</h2>
        <p id="question-text">${text}</p>
        <p class="field-problem" role="alert">${this.problem || nothing}</p>
        <div class="dialog-buttons">
          <button type="button" class="quiet" @click=${this.closeDialog} autofocus>Cancel</button>
          <button class=${danger ? 'danger' : 'primary'} value="yes" ?disabled=${this.busy}>${yes}</button>
        </div>
      </form>
    </dialog>`;
  }

  private ask(question: Question): void {
    this.question = question;
    this.problem = '';
    void this.updateComplete.then(() => this.querySelector('dialog')!.showModal());
  }

  private closeDialog(): void {
    this.querySelector('dialog')!.close();
  }

  private async answer(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.busy = true;
    this.problem = '';
    try {
      await this.carryOut(this.question);
      this.querySelector('dialog')?.close();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  private async carryOut(question: Question): Promise<void> {
    const { channel } = this;
    if (question === 'end') {
      await api.end(channel.id);
    } else if (question === 'rotate') {
      const detail = await api.rotateKey(channel.id);
      this.dispatchEvent(new CustomEvent<ChannelWithKey>('key-shown', { detail }));
    } else {
      await api.remove(channel.id);
      this.closeDialog();
      this.dispatchEvent(new CustomEvent<Channel>('removed', { detail: channel }));
    }
  }
}
