/** A page for the person whose browser asked: it stands alone, loads nothing, and comes back by itself when asked to. */
export interface Page {
  readonly title: string;
  readonly text: string;
  readonly reloadSecs: number | undefined;
}

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
} as const;

const style =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:20vh auto 0;padding:0 1.5rem;color:#222;background:#fafafa}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}}';

export function renderPage({ title, text, reloadSecs }: Page): string {
  const reload = reloadSecs === undefined ? '' : `<meta http-equiv="refresh" content="${reloadSecs}">`;
  const again = reloadSecs === undefined ? '' : '<p>This page tries again by itself.</p>';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${reload}<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${again}</body></html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
