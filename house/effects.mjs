// Who may act through whom: the imports that are left when the types are gone, so this reads the compiled code. A file
// may name the types of what it is handed; importing the thing itself is the composition's work.
const rooms = (...names) => `^dist/sdk/(${names.join('|')})/`;
const pure =
  '^dist/sdk/(lifecycle/|doctor/verdicts/|(dormancy/plan|projects/(wake-decision|cancel-decision|restored|backoff)|pool/(plan|plan-creations|plan-retirements|needs|elsewhere|places-fault|start-decision)|upkeep/retire-step)\\.js|routing/(parse|decide|replay-header)\\.js)';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'pure-files-stay-pure',
      comment: 'The lifecycle, the planners and the decisions use each other and nothing that acts.',
      severity: 'error',
      from: { path: pure },
      to: { pathNot: `${pure}|^dist/sdk/(errors|projects/project-id|doctor/finding|upkeep/lock-numbers)\\.js` },
    },
    {
      name: 'only-control-plane-joins',
      comment:
        'Journeys, pool, dormancy, upkeep, routing and doctor receive database, Fly, machines and archives through their constructor.',
      severity: 'error',
      from: { path: rooms('projects', 'pool', 'dormancy', 'upkeep', 'routing', 'doctor') },
      to: { path: rooms('fly', 'machines', 'archives', 'database') },
    },
    {
      name: 'server-and-local-are-loaded-lazily',
      comment: 'Starting the CLI must not load them.',
      severity: 'error',
      from: { path: '^dist/commands/' },
      to: {
        path: '^dist/(server|local|sdk)/',
        dynamic: false,
        pathNot: '^dist/sdk/(errors|resources|lifecycle/states)\\.js',
      },
    },
  ],
  options: { doNotFollow: { path: 'node_modules' }, exclude: { path: '\\.d\\.ts$' } },
};
