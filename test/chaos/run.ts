import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultHandle } from '../../src/local/fly/faults/faults.js';
import { callFly } from '../support/fly-emulator.js';
import { destroyMachine } from '../support/vanish.js';
import { type Action, inOneLine, type ProjectName, type Scenario, type Step } from './actions.js';
import { findings } from './findings.js';
import type { Ground } from './ground.js';
import { type Operation, operate } from './operator.js';
import { Points } from './points.js';
import { Promises } from './promises.js';
import { UseWatch } from './use-watch.js';
import { visit } from './user.js';
import { type Front, type Side, sides, World } from './world.js';

/** A step that takes longer goes on beside the next ones. */
const maxWaitMs = 1_500;
const lookMs = 5;

/** Does what the scenario says and, when all has come to rest, what is wrong: nothing, if Valet keeps its guarantees. */
export async function run(ground: Ground, scenario: Scenario): Promise<string[]> {
  await using world = await World.open(ground, {
    WARM_POOL_STANDBY: scenario.standby,
    VOLUME_KEEP_HOURS: String(scenario.keepVolumeHours ?? 0),
  });
  const run = new Run(world);
  for (const step of scenario.steps) await run.do(step);
  // Awaited here: the world ends with this function.
  return await run.end();
}

class Run {
  readonly #world: World;
  readonly #promises: Promises;
  readonly #points = new Map<Front, Points>();
  readonly #faults: FaultHandle[] = [];
  readonly #found: string[] = [];
  /** By what is being done. */
  readonly #inFlight = new Map<Promise<unknown>, string>();
  readonly #use: UseWatch;
  #replacing: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(world: World) {
    this.#world = world;
    this.#promises = new Promises(world.database.db);
    this.#use = new UseWatch(world.database.db, world.touches);
    for (const side of sides) this.#arm(side);
  }

  async do({ action, waited }: Step): Promise<void> {
    await this.#replacing;
    const front = 'at' in action ? this.#world.front(action.at) : undefined;
    const work = this.#perform(action).catch(() => undefined);
    this.#inFlight.set(work, inOneLine(action));
    let over = false;
    void work.then(() => {
      over = true;
      this.#inFlight.delete(work);
    });
    const until = performance.now() + (waited ? maxWaitMs : 0);
    const calls = front?.instance.calls;
    while (!over && performance.now() < until && calls?.frozen !== true && calls?.dead !== true)
      await Promise.race([work, sleep(lookMs)]);
  }

  /** Everything is let go, and upkeep has the time that it needs. */
  async end(): Promise<string[]> {
    this.#ended = true;
    this.#world.uploads.length = 0;
    for (const fault of this.#faults) fault.remove();
    const inVain = [...this.#points.values()].flatMap((points) => points.clear());
    this.#found.push(...inVain.map((call) => `The run never came to "${call}".`));
    await this.#replacing;
    for (const { instance } of this.#points.keys()) {
      instance.calls.hear();
      instance.calls.thaw();
      await instance.calls.arrive(1);
    }
    const left = await findings(this.#world, this.#promises, () => {
      // An answer that was to be held back may come only now, and hold its instance up once more.
      for (const { instance } of this.#points.keys()) instance.calls.thaw();
      return [...this.#inFlight.values()];
    });
    return [...this.#found, ...this.#use.findings, ...this.#world.wrongDeletions, ...left];
  }

  #arm(side: Side): void {
    const front = this.#world.front(side);
    const { calls } = front.instance;
    this.#points.set(front, new Points(front.instance));
    calls.death.addEventListener('abort', () => {
      this.#replacing = this.#world.replace(side).then(() => this.#arm(side));
    });
  }

  async #perform(action: Action): Promise<unknown> {
    switch (action.do) {
      case 'create':
        return this.#use.byUser(() => this.#create(action.project, action.at));
      case 'visit':
        return this.#use.byUser(() => this.#visit(action.project, action.at, action.write));
      case 'wake':
      case 'undo':
      case 'restore':
        return this.#use.byUser(() => this.#operate(action));
      case 'archive':
      case 'delete':
      case 'hold':
      case 'pool':
        return this.#use.bySystem(action.do, () => this.#operate(action));
      case 'task':
        return this.#use.bySystem(action.name, () => this.#instance(action.at).run(action.name));
      case 'travel':
        return this.#world.database.travel(action.by);
      case 'suspend':
      case 'lose':
      case 'deny':
        return this.#tellFly(action);
      case 'upload':
        return this.#world.uploads.push(action.how);
      case 'fault':
        return this.#addFault({ ...action.effect, call: action.call, times: action.times });
      default:
        return this.#disturb(action);
    }
  }

  async #disturb(action: Extract<Action, { do: 'break' | 'pause' | 'go on' | 'arrive' | 'deafen' | 'hear' }>) {
    const front = this.#world.front(action.at);
    const { calls } = front.instance;
    switch (action.do) {
      case 'break':
        return this.#points.get(front)?.set(action.when, action.how);
      case 'pause':
        return this.#points.get(front)?.set(action.when, 'pause');
      case 'go on':
        return calls.thaw();
      case 'arrive':
        return calls.arrive(action.times);
      case 'deafen':
        return calls.deafen();
      case 'hear':
        return calls.hear();
    }
  }

  #operate(action: Operation): Promise<unknown> {
    return operate(this.#instance(action.at).valet, this.#promises, action);
  }

  #instance(side: Side) {
    return this.#world.front(side).instance;
  }

  async #create(project: ProjectName, side: Side): Promise<void> {
    await this.#instance(side).valet.projects.create({ id: project });
    this.#promises.created.add(project);
  }

  async #visit(project: ProjectName, side: Side, write: boolean): Promise<void> {
    const outcome = await visit(this.#world, this.#promises, this.#world.front(side), project, write);
    if (outcome.kind === 'answered' && outcome.lost.length > 0)
      this.#found.push(`G1: project ${project} answers without what it had acknowledged: ${outcome.lost.join(', ')}`);
  }

  async #tellFly(action: {
    readonly do: 'suspend' | 'lose' | 'deny';
    readonly project: ProjectName;
  }): Promise<unknown> {
    const [row] = await this.#world.database.db.query<{ fly_id: string }>(
      `select fly_id from machines where project_id = $1 and state = 'assigned'`,
      [action.project],
    );
    if (!row) return undefined;
    if (action.do === 'lose') return destroyMachine(this.#world, row.fly_id);
    if (action.do === 'suspend') return callFly(this.#world.fly, 'POST', `/machines/${row.fly_id}/suspend`);
    return this.#addFault({ kind: 'forget', call: '*', target: row.fly_id, times: 1 });
  }

  #addFault(fault: Parameters<World['fly']['faults']['add']>[0]): void {
    if (this.#ended) return;
    this.#faults.push(this.#world.fly.faults.add({ ...fault, app: this.#world.fly.app }));
  }
}
