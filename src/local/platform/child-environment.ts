const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'] as const;

/** A child gets what programs need to run at all, and nothing of what the user has set for another Valet. */
export function childEnvironment(own: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(kept.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
}
