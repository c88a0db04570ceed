/** A number with three significant digits, and no more than three decimals. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(Number(value.toPrecision(3)));
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return size < 0.0005 ? '0' : value.toFixed(3);
}

/** A large number, in thousands or millions. */
export function large(value: number): string {
  if (value >= 1e6) return `${digits(value / 1e6)}M`;
  return value >= 1e3 ? `${digits(value / 1e3)}k` : digits(value);
}
