import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { icons } from './icons.ts';
import { recall, remember } from './storage.ts';

type Theme = 'system' | 'light' | 'dark';
const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const ICON: Readonly<Record<Theme, TemplateResult>> = { system: icons.auto, light: icons.sun, dark: icons.moon };

/** A button that goes round system, light and dark; `theme.js` applies the choice before the first paint. */
@customElement('millrace-theme')
export class ThemeToggle extends LitElement {
  @state() private theme: Theme = readTheme();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const label = `Theme: ${this.theme === 'system' ? 'as the system' : this.theme}. Change`;
    return html`<button type="button" class="icon-button" title=${label} aria-label=${label} @click=${this.turn}>
      ${ICON[this.theme]}
    </button>`;
  }

  private turn(): void {
    this.theme = NEXT[this.theme];
    remember('millrace.theme', this.theme);
    if (this.theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
  }
}

function readTheme(): Theme {
  const stored = recall('millrace.theme');
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}
