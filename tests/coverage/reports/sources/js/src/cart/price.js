function total(prices, discount = 0) {
  const amount = prices.reduce((sum, price) => sum + price, 0) - discount;
  if (amount < 0) {
    throw new Error('nothing to pay');
  }
  return discount > 10 ? amount - 1 : amount;
}

function parcel(weight) {
  switch (true) {
    case weight <= 0:
      throw new RangeError('no weight');
    case weight < 10:
      return 5;
    default:
      return 9;
  }
}

module.exports = { total, parcel };
