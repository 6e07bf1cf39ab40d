/** Price of `quantity` pieces, in euros. */
export function price(quantity, each) {
  return quantity * each;
}
