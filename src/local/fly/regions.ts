/** Some of Fly's regions; a machine or volume elsewhere is refused. Source: fly.io/docs/reference/regions. */
export const regions = [
  { code: 'ams', name: 'Amsterdam, Netherlands', latitude: 52.37, longitude: 4.9 },
  { code: 'fra', name: 'Frankfurt, Germany', latitude: 50.17, longitude: 8.67 },
  { code: 'gru', name: 'Sao Paulo, Brazil', latitude: -23.55, longitude: -46.63 },
  { code: 'iad', name: 'Ashburn, Virginia (US)', latitude: 39.02, longitude: -77.54 },
  { code: 'lax', name: 'Los Angeles, California (US)', latitude: 33.94, longitude: -118.41 },
  { code: 'lhr', name: 'London, United Kingdom', latitude: 51.51, longitude: -0.13 },
  { code: 'nrt', name: 'Tokyo, Japan', latitude: 35.62, longitude: 139.75 },
  { code: 'ord', name: 'Chicago, Illinois (US)', latitude: 41.88, longitude: -87.63 },
  { code: 'sin', name: 'Singapore, Singapore', latitude: 1.3, longitude: 103.85 },
  { code: 'sjc', name: 'San Jose, California (US)', latitude: 37.34, longitude: -121.89 },
  { code: 'syd', name: 'Sydney, Australia', latitude: -33.87, longitude: 151.21 },
  { code: 'yyz', name: 'Toronto, Canada', latitude: 43.65, longitude: -79.38 },
];

/** Where the emulator pretends to be. */
export const nearestRegion = 'sjc';

/** The known regions of a request such as `iad,us,any`, in its order and none twice. */
export function regionsOf(request: string | undefined): readonly string[] {
  const asked = (request ?? nearestRegion).split(',').map((code) => code.trim());
  const everywhere = [nearestRegion, ...regions.map((region) => region.code)];
  const named = asked.flatMap((one) => (one === 'any' ? everywhere : everywhere.filter((code) => code === one)));
  return [...new Set(named)];
}

/** Names of areas that stand for their regions in routing. Source: fly.io/docs/networking/dynamic-request-routing */
const areas: ReadonlyMap<string, readonly string[]> = new Map([
  ['apac', ['nrt', 'sin', 'syd']],
  ['eu', ['ams', 'fra', 'lhr']],
  ['na', ['iad', 'lax', 'ord', 'sjc', 'yyz']],
  ['sa', ['gru']],
  ['us', ['iad', 'lax', 'ord', 'sjc']],
  ['usa', ['iad', 'lax', 'ord', 'sjc']],
  ['any', regions.map(({ code }) => code)],
]);

/** The regions that a code or the name of an area stands for. */
export function regionsOf(codeOrArea: string): readonly string[] {
  return areas.get(codeOrArea) ?? [codeOrArea];
}
