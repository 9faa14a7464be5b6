import { describe, expect, it } from 'vitest';
import { check, parseShift } from './roster';

describe('check', () => {
  it('finds nothing wrong with an ordinary day', () => {
    expect(check([parseShift('Ann 0 08:00-16:30')])).toEqual([]);
  });
});
