import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icons } from './icons.ts';

/** A labelled value with a button that copies it. */
@customElement('millrace-copy')
export class CopyField extends LitElement {
  @property() label = '';
  @property() value = '';
  /** Long values (commands) wrap instead of scrolling. */
  @property({ type: Boolean }) long = false;
  @state() private copied = false;
  private timer = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    return html`<div class="copy ${this.long ? 'copy-long' : ''}" role="group" aria-label=${this.label}>
      <span class="copy-label">${this.label}</span>
      <code class="copy-value" translate="no" tabindex="0" @focus=${this.select} @click=${this.select}>${this.value}</code>
      <button type="button" class="copy-button" @click=${this.copy} aria-label="Copy ${this.label.toLowerCase()}">
        ${this.copied ? icons.check : icons.copy}<span>${this.copied ? 'Copied' : 'Copy'}</span>
      </button>
      <span class="visually-hidden" aria-live="polite">${this.copied ? `${this.label} copied` : nothing}</span>
    </div>`;
  }

  private select(event: Event): void {
    const selection = getSelection();
    if (selection?.isCollapsed !== false) selection?.selectAllChildren(event.currentTarget as Node);
  }

  private async copy(): Promise<void> {
    if (!(await toClipboard(this.value))) return;
    this.copied = true;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.copied = false), 2_000);
  }
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

/** A console reached over plain HTTP by its machine's name has no Clipboard API. */
function copyTheOldWay(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  // Inside an open dialog everything outside is inert and cannot be selected.
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
