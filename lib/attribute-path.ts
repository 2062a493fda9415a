import type { AttributePathConfig } from './private/handler-contract';

/**
 * Names attributes of an item, for taking them into events or leaving them out.
 */
export class AttributePath {
  /**
   * One attribute of the item. A dot or a slash is part of its name and leads into no map: for that there is `nested`.
   *
   * @param name name of the attribute
   */
  public static exact(name: string): AttributePath {
    return new AttributePath({ path: [name] });
  }

  /**
   * Every attribute of the item whose name starts like this. Key attributes are never meant by it.
   *
   * @param prefix beginning of the names
   */
  public static prefix(prefix: string): AttributePath {
    return new AttributePath({ path: [prefix], prefix: true });
  }

  /**
   * An attribute inside of maps. Lists on the way are passed through: each of their elements is meant.
   *
   * @param names names of the attributes from the outermost to the innermost
   */
  public static nested(...names: string[]): AttributePath {
    return new AttributePath({ path: names });
  }

  // A private field keeps the compiler from taking anything else for one of these.
  private readonly config: AttributePathConfig;

  private constructor(config: AttributePathConfig) {
    this.config = config;
  }

  /** @internal */
  public get _config(): AttributePathConfig {
    return this.config;
  }
}
