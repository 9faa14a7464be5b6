const { total } = require('../src/cart/price');

test('adds up', () => {
  expect(total([1, 2])).toBe(3);
});
