/** The charge to the customer for shipping, in minor units. A shop with its own tariff implements this interface. */
export interface ShippingTariff {
  /** Undefined when the tariff does not have the currency: orders in it are refused. */
  chargeMinor(currency: string, weightGrams: number): number | undefined;
}

/** A parcel's base charge and the charge for each further started kilogram, by currency. */
const charges: Readonly<Record<string, readonly [base: number, perKilogram: number]>> = {
  AUD: [890, 150],
  BRL: [2490, 500],
  CAD: [790, 150],
  CHF: [790, 120],
  CZK: [9900, 1500],
  DKK: [3900, 700],
  EUR: [490, 90],
  GBP: [450, 80],
  HUF: [149000, 20000],
  INR: [9900, 2500],
  JPY: [700, 100],
  MXN: [9900, 2000],
  NOK: [5900, 900],
  NZD: [890, 150],
  PLN: [1490, 250],
  SEK: [5900, 900],
  SGD: [790, 150],
  USD: [590, 100],
};

const gramsPerKilogram = 1_000;

export const tariffTable: ShippingTariff = {
  chargeMinor(currency, weightGrams) {
    const charge = charges[currency];
    if (charge === undefined) return undefined;
    const furtherKilograms = Math.max(0, Math.ceil(weightGrams / gramsPerKilogram) - 1);
    return charge[0] + charge[1] * furtherKilograms;
  },
};
