import type { FlyEmulatorOptions } from '../../src/local/fly/options.js';
import type { EmulatorStage, Stage } from '../support/contract/stage.js';
import type { RowId } from './rows.js';

interface About {
  /** A claim about Fly. */
  readonly title: string;
  readonly covers: readonly RowId[];
}

/** Something that is true of Fly, and how it is seen. */
export type Scenario =
  | (About & {
      /** `organisation`: a token of the organisation, which may create apps. */
      readonly needs: 'any' | 'organisation';
      run(stage: Stage): Promise<void>;
    })
  | (About & {
      /** A control that only the emulator has; each gets one of its own. */
      readonly needs: 'emulator';
      readonly options?: Partial<FlyEmulatorOptions>;
      run(stage: EmulatorStage): Promise<void>;
    });
