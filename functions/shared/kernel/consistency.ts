/** `strong` sees every write that was acknowledged before; `eventual` may be a moment old and costs half. */
export type Consistency = 'strong' | 'eventual';
