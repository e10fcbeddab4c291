export const prefix: string;
