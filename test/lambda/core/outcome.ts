import { InvalidImageError } from '../../../lambda/core/item-images.ts';

/** The text that is written, or that there is none: some of the hard images have no JSON form. */
export function outcome(write: () => string): string {
  try {
    return write();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidImageError);
    return 'refused';
  }
}
