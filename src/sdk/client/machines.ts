import type { ValetHttp } from '../http/valet-http.js';
import { allMachines } from '../pages.js';
import { machinePageSchema } from '../resources.js';
import type { MachineCalls } from '../valet.js';

export function machineCalls(http: ValetHttp): MachineCalls {
  const list: MachineCalls['list'] = (query = {}, { signal } = {}) =>
    http.call({ method: 'GET', path: '/api/machines', query, answer: machinePageSchema, signal });
  return { list, all: (filter, options) => allMachines({ list }, filter, options) };
}
