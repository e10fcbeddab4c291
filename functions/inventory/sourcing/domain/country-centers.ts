/**
 * The approximate center of each country, [latitude, longitude] in degrees. It stands for the destination of a parcel
 * when no location shares its postal area. Contains countries with taxes in the tax table, and those around them or
 * with many parcels.
 */
const centers: Readonly<Record<string, readonly [number, number]>> = {
  AE: [24.0, 54.0],
  AR: [-38.4, -63.6],
  AT: [47.6, 14.1],
  AU: [-25.7, 134.5],
  BA: [44.2, 17.8],
  BE: [50.6, 4.6],
  BG: [42.8, 25.2],
  BR: [-10.8, -52.9],
  CA: [56.1, -106.3],
  CH: [46.8, 8.2],
  CL: [-35.7, -71.5],
  CN: [35.9, 104.2],
  CO: [4.6, -74.3],
  CY: [35.0, 33.2],
  CZ: [49.8, 15.5],
  DE: [51.2, 10.4],
  DK: [56.0, 10.0],
  EE: [58.7, 25.5],
  EG: [26.8, 30.8],
  ES: [40.2, -3.6],
  FI: [64.5, 26.3],
  FR: [46.6, 2.5],
  GB: [54.0, -2.5],
  GR: [39.1, 22.9],
  HK: [22.4, 114.1],
  HR: [45.1, 15.2],
  HU: [47.2, 19.4],
  ID: [-2.2, 117.3],
  IE: [53.2, -8.1],
  IL: [31.4, 35.0],
  IN: [22.9, 79.6],
  IS: [64.9, -18.6],
  IT: [42.8, 12.1],
  JP: [37.6, 138.0],
  KR: [36.4, 127.8],
  LI: [47.2, 9.6],
  LT: [55.3, 23.9],
  LU: [49.8, 6.1],
  LV: [56.9, 24.9],
  MX: [23.9, -102.5],
  MY: [3.8, 109.7],
  MT: [35.9, 14.4],
  NL: [52.2, 5.6],
  NO: [64.6, 12.7],
  NZ: [-41.8, 172.8],
  PH: [11.8, 122.9],
  PL: [52.1, 19.4],
  PT: [39.6, -8.0],
  RO: [45.9, 25.0],
  RS: [44.2, 20.8],
  SA: [24.1, 44.5],
  SE: [62.8, 16.7],
  SG: [1.4, 103.8],
  SI: [46.1, 14.8],
  SK: [48.7, 19.5],
  TH: [15.1, 101.0],
  TR: [39.1, 35.2],
  TW: [23.8, 121.0],
  UA: [49.0, 31.4],
  US: [39.8, -98.6],
  VN: [16.6, 106.3],
  ZA: [-29.0, 25.1],
};

/**
 * The approximate center of a country, in degrees.
 *
 * @param country ISO 3166-1 alpha-2; undefined for one that is not in the table.
 */
export function countryCenter(country: string): { readonly latitude: number; readonly longitude: number } | undefined {
  const center = centers[country];
  return center && { latitude: center[0], longitude: center[1] };
}
