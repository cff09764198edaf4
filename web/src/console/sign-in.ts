import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { api } from '../shared/api.ts';
import { mark } from '../shared/icons.ts';

/** Asks for the administrator's token once; the session cookie carries it from there. */
@customElement('millrace-sign-in')
export class SignIn extends LitElement {
  @state() private problem = '';
  @state() private busy = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.querySelector<HTMLInputElement>('#token')?.focus();
  }

  protected override render(): TemplateResult {
    return html`<form class="sign-in" @submit=${this.submit}>
      <div class="sign-in-mark">${mark}</div>
      <h1 tabindex="-1">Sign in to the console</h1>
      <p class="muted">
        Millrace wrote the administrator’s token to <code>admin-token</code> in its data directory when it first started.
      </p>
      <input type="text" class="visually-hidden" name="username" autocomplete="username" value="administrator" tabindex="-1" aria-hidden="true" readonly />
      <label for="token">Administrator’s token</label>
      <input
        id="token"
        name="token"
        type="password"
        autocomplete="current-password"
        autocapitalize="off"
        spellcheck="false"
        maxlength="256"
        required
        aria-invalid=${this.problem ? 'true' : 'false'}
        aria-describedby="token-help token-problem"
      />
      <p id="token-problem" class="field-problem" role="alert">${this.problem || nothing}</p>
      <button class="primary" ?disabled=${this.busy}>${this.busy ? 'Signing in…' : 'Sign in'}</button>
      <p id="token-help" class="sign-in-help muted">On that machine, unless another data directory was given: <code>cat millrace-data/admin-token</code></p>
    </form>`;
  }

  private async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const input = this.querySelector<HTMLInputElement>('#token')!;
    this.busy = true;
    this.problem = '';
    try {
      await api.signIn(input.value.trim());
      this.dispatchEvent(new CustomEvent('signed-in'));
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      input.select();
    } finally {
      this.busy = false;
    }
  }
}
