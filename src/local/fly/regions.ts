/** Fly's regions; a machine or volume elsewhere is refused. Source: fly.io/docs/reference/regions. */
export const regions = [
  { code: 'ams', name: 'Amsterdam, Netherlands', latitude: 52.37, longitude: 4.9, geo_region: 'europe' },
  { code: 'arn', name: 'Stockholm, Sweden', latitude: 59.6, longitude: 17.65, geo_region: 'europe' },
  { code: 'bom', name: 'Mumbai, India', latitude: 19.1, longitude: 72.9, geo_region: 'asia_pacific' },
  { code: 'cdg', name: 'Paris, France', latitude: 48.86, longitude: 2.35, geo_region: 'europe' },
  { code: 'dfw', name: 'Dallas, Texas (US)', latitude: 32.78, longitude: -96.8, geo_region: 'north_america' },
  { code: 'ewr', name: 'Secaucus, NJ (US)', latitude: 40.79, longitude: -74.06, geo_region: 'north_america' },
  { code: 'fra', name: 'Frankfurt, Germany', latitude: 50.17, longitude: 8.67, geo_region: 'europe' },
  { code: 'gru', name: 'Sao Paulo, Brazil', latitude: -23.55, longitude: -46.63, geo_region: 'south_america' },
  { code: 'iad', name: 'Ashburn, Virginia (US)', latitude: 39.02, longitude: -77.54, geo_region: 'north_america' },
  { code: 'jnb', name: 'Johannesburg, South Africa', latitude: -26.13, longitude: 28.23, geo_region: 'africa' },
  {
    code: 'lax',
    name: 'Los Angeles, California (US)',
    latitude: 33.94,
    longitude: -118.41,
    geo_region: 'north_america',
  },
  { code: 'lhr', name: 'London, United Kingdom', latitude: 51.51, longitude: -0.13, geo_region: 'europe' },
  { code: 'nrt', name: 'Tokyo, Japan', latitude: 35.62, longitude: 139.75, geo_region: 'asia_pacific' },
  { code: 'ord', name: 'Chicago, Illinois (US)', latitude: 41.88, longitude: -87.63, geo_region: 'north_america' },
  { code: 'sin', name: 'Singapore, Singapore', latitude: 1.3, longitude: 103.85, geo_region: 'asia_pacific' },
  { code: 'sjc', name: 'San Jose, California (US)', latitude: 37.34, longitude: -121.89, geo_region: 'north_america' },
  { code: 'syd', name: 'Sydney, Australia', latitude: -33.87, longitude: 151.21, geo_region: 'asia_pacific' },
  { code: 'yyz', name: 'Toronto, Canada', latitude: 43.65, longitude: -79.38, geo_region: 'north_america' },
];

/** Where the emulator pretends to be. */
export const nearestRegion = 'sjc';

/**
 * Names for several regions, where machines are placed and where requests are led. Sources:
 * fly.io/docs/machines/guides-examples/machine-placement, fly.io/docs/networking/dynamic-request-routing
 */
const aliases = new Map<string, (region: (typeof regions)[number]) => boolean>([
  ['any', () => true],
  ['apac', ({ geo_region }) => geo_region === 'asia_pacific'],
  ['eu', ({ geo_region }) => geo_region === 'europe'],
  ['na', ({ geo_region }) => geo_region === 'north_america'],
  ['sa', ({ geo_region }) => geo_region === 'south_america'],
  ['us', ({ name }) => name.endsWith('(US)')],
  ['usa', ({ name }) => name.endsWith('(US)')],
]);

/** The known regions of a wish such as `iad,us,any`, in its order and none twice; of an alias the nearest first. */
export function regionsOf(request: string | undefined): readonly string[] {
  const asked = (request ?? nearestRegion).split(',').map((code) => code.trim());
  const nearestFirst = regions.toSorted((a, b) => Number(b.code === nearestRegion) - Number(a.code === nearestRegion));
  const named = asked.flatMap((one) => nearestFirst.filter(aliases.get(one) ?? (({ code }) => code === one)));
  return [...new Set(named.map(({ code }) => code))];
}
