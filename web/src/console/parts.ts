import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Channel, Live } from '../shared/api.ts';
import { elapsed } from '../shared/format.ts';
import { icons } from '../shared/icons.ts';

const STATE_WORD = { live: 'Live', waiting: 'Waiting for encoder', offline: 'Offline' } as const;

export function stateBadge(live: Live, now: number): TemplateResult {
  const time = live.state === 'offline' ? '' : elapsed(live.since, now);
  return html`<span class="state state-${live.state}"
    ><span class="state-dot"></span>${STATE_WORD[live.state]}${time ? html`<span class="state-time">${time}</span>` : nothing}</span
  >`;
}

export const titleOf = (channel: Channel): string => channel.title || channel.name;

export function hints(live: Live): TemplateResult | typeof nothing {
  if (live.hints.length === 0) return nothing;
  return html`<ul class="hints">
    ${live.hints.map((hint) => html`<li>${icons.warn}<span>${hint}</span></li>`)}
  </ul>`;
}

export const FLOW_WIDTH = 240;
export const FLOW_HEIGHT = 48;

/** The path of a bitrate history, newest at the right edge; the scale leaves room for a peak. */
export function flowPath(history: readonly number[], slots = 60): string {
  if (history.length < 2) return '';
  const peak = Math.max(...history) * 1.25 || 1;
  const step = FLOW_WIDTH / (slots - 1);
  const first = FLOW_WIDTH - (history.length - 1) * step;
  return history
    .map((value, i) => {
      const x = first + i * step;
      const y = FLOW_HEIGHT - 2 - (value / peak) * (FLOW_HEIGHT - 4);
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

/** The stream as it came in over the last minute, drawn as water in its race. */
export function flow(history: readonly number[] | undefined): TemplateResult {
  const line = flowPath(history ?? []);
  const first = line ? line.slice(1, line.indexOf(' ')) : '';
  return html`<svg class="flow" viewBox="0 0 ${FLOW_WIDTH} ${FLOW_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    <path class="flow-bed" d="M0 ${FLOW_HEIGHT - 1}H${FLOW_WIDTH}" />
    ${line ? svg`<path class="flow-water" d="${line}V${FLOW_HEIGHT}H${first}Z" /><path class="flow-line" d="${line}" />` : nothing}
  </svg>`;
}
