import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { api, ApiProblem, type ChannelWithKey } from '../shared/api.ts';
import { suggestName } from '../shared/format.ts';

/** The dialog that creates a channel. Fires `key-shown` with the channel and its key. */
@customElement('millrace-new-channel')
export class NewChannelDialog extends LitElement {
  @state() private title_ = '';
  @state() private name = '';
  /** Until the name is typed by hand it follows the title. */
  private nameIsOwn = false;
  @state() private problem: unknown;
  @state() private busy = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  open(): void {
    this.title_ = this.name = '';
    this.nameIsOwn = false;
    this.problem = undefined;
    const dialog = this.querySelector('dialog')!;
    dialog.querySelector('form')!.reset();
    dialog.showModal();
  }

  protected override render(): TemplateResult {
    const atName = this.problemAt('name');
    const atTitle = this.problemAt('title');
    return html`<dialog class="dialog" aria-labelledby="new-channel-heading" @click=${this.onBackdrop}>
      <form @submit=${this.submit} novalidate>
        <h2 id="new-channel-heading">New channel</h2>
        <label for="channel-title">Title <span class="muted">what people read; optional</span></label>
        <input
          id="channel-title"
          name="title"
          maxlength="200"
          autocomplete="off"
          .value=${this.title_}
          @input=${this.onTitle}
          aria-invalid=${atTitle ? 'true' : 'false'}
          aria-describedby="title-problem"
          placeholder="Main stage"
        />
        <p id="title-problem" class="field-problem" role="alert">${atTitle ?? nothing}</p>
        <label for="channel-name">Name <span class="muted">part of the address</span></label>
        <input
          id="channel-name"
          name="name"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          translate="no"
          required
          .value=${this.name}
          @input=${this.onName}
          aria-invalid=${atName ? 'true' : 'false'}
          aria-describedby="name-help name-problem"
          placeholder="main-stage"
        />
        <p id="name-help" class="field-help">${location.host}/watch/<b>${this.name || 'main-stage'}</b></p>
        <p id="name-problem" class="field-problem" role="alert">${atName ?? nothing}</p>
        <p class="field-problem" role="alert">${this.otherProblem() ?? nothing}</p>
        <div class="dialog-buttons">
          <button type="button" class="quiet" @click=${this.close}>Cancel</button>
          <button class="primary" ?disabled=${this.busy}>${this.busy ? 'Creating…' : 'Create channel'}</button>
        </div>
      </form>
    </dialog>`;
  }

  private onTitle(event: Event): void {
    this.title_ = (event.target as HTMLInputElement).value;
    if (!this.nameIsOwn) this.name = suggestName(this.title_);
  }

  private onName(event: Event): void {
    this.name = (event.target as HTMLInputElement).value;
    this.nameIsOwn = this.name !== '';
  }

  private problemAt(field: string): string | undefined {
    if (!(this.problem instanceof ApiProblem)) return undefined;
    // A taken name is a conflict without a list of fields; it can only be the name.
    if (field === 'name' && this.problem.status === 409) return this.problem.forField(field) ?? this.problem.message;
    return this.problem.forField(field);
  }

  private otherProblem(): string | undefined {
    if (this.problem === undefined || this.problemAt('name') || this.problemAt('title')) return undefined;
    return this.problem instanceof Error ? this.problem.message : String(this.problem);
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.busy = true;
    this.problem = undefined;
    try {
      const channel = await api.create(this.name, this.title_.trim());
      this.close();
      this.dispatchEvent(new CustomEvent<ChannelWithKey>('key-shown', { detail: channel }));
    } catch (error) {
      this.problem = error;
      await this.updateComplete;
      this.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    } finally {
      this.busy = false;
    }
  }

  private close(): void {
    this.querySelector('dialog')!.close();
  }

  private onBackdrop(event: MouseEvent): void {
    if (event.target === event.currentTarget && !this.busy && this.name === '') this.close();
  }
}
