import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readingsOf, type Shown } from './shown.js';

const resolutionMs = 10;

/** The process itself, by the names that dashboards know. Measures the event loop until disposed. */
export function showProcess(shown: Shown): Disposable {
  shown.counter('process_cpu_seconds_total', 'CPU time, user and system.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  shown.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
  shown.gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed);
  const startedAtSecs = performance.timeOrigin / 1_000;
  shown.gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', () => startedAtSecs);
  return showEventLoop(shown);
}

function showEventLoop(shown: Shown): Disposable {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // The monitor measures from one tick of its timer to the next, so it never shows less than its resolution.
  const lagSecs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1_000);
  shown.gauges('valet_event_loop_lag_seconds', 'How late the event loop was since the last look.', ['stat'], () => {
    if (delay.count === 0) return [];
    const lags = { p50: lagSecs(delay.percentile(50)), p99: lagSecs(delay.percentile(99)), max: lagSecs(delay.max) };
    delay.reset();
    return readingsOf(lags, (stat) => ({ stat }));
  });
  return { [Symbol.dispose]: () => void delay.disable() };
}
