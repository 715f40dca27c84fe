import { Counter, Gauge, type Registry } from 'prom-client';

/** What is shown for each set of label values. */
export type Readings<L extends string> = Iterable<readonly [labels: Readonly<Record<L, string>>, value: number]>;

/** Numbers that are kept elsewhere and read only when somebody looks: between two looks they cost nothing here. */
export class Shown {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const collect = async (): Promise<void> => gauge.set(await read());
    const gauge = new Gauge({ name, help, registers: this.#registers, collect });
  }

  /** What is not read this time is not shown. */
  gauges<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: () => Readings<L> | Promise<Readings<L>>,
  ): void {
    const collect = async (): Promise<void> => {
      const readings = await read();
      gauge.reset();
      for (const [labels, value] of readings) gauge.set(labels, value);
    };
    const gauge = new Gauge({ name, help, labelNames, registers: this.#registers, collect });
  }

  /** Of a number that only grows. */
  counter(name: string, help: string, read: () => number): void {
    const collect = (): void => {
      counter.reset();
      counter.inc(read());
    };
    const counter = new Counter({ name, help, registers: this.#registers, collect });
  }

  counters<L extends string>(name: string, help: string, labelNames: readonly L[], read: () => Readings<L>): void {
    const collect = (): void => {
      counter.reset();
      for (const [labels, value] of read()) counter.inc(labels, value);
    };
    const counter = new Counter({ name, help, labelNames, registers: this.#registers, collect });
  }
}

/** One reading for each name of an object of numbers. */
export function readingsOf<L extends string>(
  numbers: Readonly<Record<string, number>>,
  labelsOf: (name: string) => Readonly<Record<L, string>>,
): Readings<L> {
  return Object.entries(numbers).map(([name, value]) => [labelsOf(name), value] as const);
}
