import { html, svg, type TemplateResult } from 'lit';

const stroke = (body: TemplateResult) =>
  html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`;
const filled = (body: TemplateResult) =>
  html`<svg class="icon" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">${body}</svg>`;

export const icons = {
  plus: stroke(svg`<path d="M12 5v14M5 12h14"/>`),
  copy: stroke(svg`<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15V6a2 2 0 0 1 2-2h9"/>`),
  check: stroke(svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`),
  back: stroke(svg`<path d="M15 5l-7 7 7 7"/>`),
  arrow: stroke(svg`<path d="M7 17 17 7M9 7h8v8"/>`),
  sun: stroke(svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/>`),
  moon: stroke(svg`<path d="M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5Z"/>`),
  auto: stroke(svg`<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16Z" fill="currentColor"/>`),
  warn: stroke(svg`<path d="M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17v.1"/>`),
  people: stroke(svg`<circle cx="9" cy="8" r="3.2"/><path d="M3 19c0-3.3 2.7-5.5 6-5.5s6 2.2 6 5.5M16 5.2a3.2 3.2 0 0 1 0 5.8M17.5 13.9c2.2.7 3.5 2.6 3.5 5.1"/>`),
  eye: stroke(svg`<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.8"/>`),
  key: stroke(svg`<circle cx="8" cy="15" r="4"/><path d="m11 12 8-8M16 7l3 3"/>`),
  play: filled(svg`<path d="M7 4.8v14.4a.8.8 0 0 0 1.2.7l11.3-7.2a.8.8 0 0 0 0-1.4L8.2 4.1a.8.8 0 0 0-1.2.7Z"/>`),
  pause: filled(svg`<rect x="6" y="4.5" width="4.2" height="15" rx="1"/><rect x="13.8" y="4.5" width="4.2" height="15" rx="1"/>`),
  sound: stroke(svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Z" fill="currentColor"/><path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11"/>`),
  muted: stroke(svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4Z" fill="currentColor"/><path d="m16 9.5 5 5M21 9.5l-5 5"/>`),
  expand: stroke(svg`<path d="M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4"/>`),
  shrink: stroke(svg`<path d="M9 4v4a1 1 0 0 1-1 1H4M20 9h-4a1 1 0 0 1-1-1V4M15 20v-4a1 1 0 0 1 1-1h4M4 15h4a1 1 0 0 1 1 1v4"/>`),
  pip: stroke(svg`<rect x="3" y="5" width="18" height="14" rx="2"/><rect x="12" y="11.5" width="6.5" height="5" rx=".8" fill="currentColor"/>`),
  stats: stroke(svg`<path d="M5 19v-6M10 19V5M15 19v-9M20 19v-4"/>`),
};

/** The mark: a mill wheel over its race. */
export const mark = html`<svg class="mark" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true">
  <g class="mark-wheel">
    <circle cx="16" cy="13" r="7.6" />
    <path d="M23 15.9l1.9 3.1M18.9 20l-0.8 3.5M13.1 20l-3.1 1.9M9 15.9l-3.5 -0.8M9 10.1l-1.9 -3.1M13.1 6l0.8 -3.5M18.9 6l3.1 -1.9M23 10.1l3.5 0.8" />
    <path stroke-width="1.4" d="M9 10.1L23 15.9M18.9 6L13.1 20" />
  </g>
  <path d="M2 28.4c3.5 0 3.5-2.4 7-2.4s3.5 2.4 7 2.4 3.5-2.4 7-2.4 3.5 2.4 7 2.4" />
</svg>`;

export const brand = html`<span class="brand">${mark}<span class="brand-name">Millrace</span></span>`;
