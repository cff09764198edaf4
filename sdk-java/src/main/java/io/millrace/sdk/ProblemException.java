package io.millrace.sdk;

/**
 * The API answered that it cannot do what was asked, and why. There is a subclass for each kind of
 * problem; a kind that is newer than this version of the library is told by its status.
 */
public abstract sealed class ProblemException extends MillraceException {
  private static final long serialVersionUID = 1;
  private static final int MOST_SHOWN = 2_000;

  private final Problem problem;

  private ProblemException(Problem problem) {
    super(message(problem), null);
    this.problem = problem;
  }

  private static String message(Problem problem) {
    String detail = problem.detail();
    String shown = detail.length() <= MOST_SHOWN ? detail : detail.substring(0, MOST_SHOWN) + "…";
    return "%s (%d %s)".formatted(shown, problem.status(), problem.title());
  }

  /** {@return the whole problem document} */
  public Problem problem() {
    return problem;
  }

  /** {@return the kind of problem, such as {@code urn:millrace:problem:not-found}} */
  public String type() {
    return problem.type();
  }

  /** {@return the kind of problem in a few words} */
  public String title() {
    return problem.title();
  }

  /** {@return the status of the HTTP answer} */
  public int status() {
    return problem.status();
  }

  /** {@return what is wrong and what is expected} */
  public String detail() {
    return problem.detail();
  }

  /** The request is wrong as a whole; {@link InvalidValue} where single values are. Status 400. */
  public static sealed class BadRequest extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public BadRequest(Problem problem) {
      super(problem);
    }
  }

  /** Values are missing or wrong: {@link Problem#errors} names each. Status 400. */
  public static final class InvalidValue extends BadRequest {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public InvalidValue(Problem problem) {
      super(problem);
    }
  }

  /** The token is not the administrator's. Status 401. */
  public static final class Unauthorized extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public Unauthorized(Problem problem) {
      super(problem);
    }
  }

  /** Whoever asks may not do this. Status 403. */
  public static final class Forbidden extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public Forbidden(Problem problem) {
      super(problem);
    }
  }

  /** There is no such channel, or no such thing in this version of the API. Status 404. */
  public static final class NotFound extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public NotFound(Problem problem) {
      super(problem);
    }
  }

  /** This version of the API does not do this with that. Status 405. */
  public static final class MethodNotAllowed extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public MethodNotAllowed(Problem problem) {
      super(problem);
    }
  }

  /** The request came too slowly for the API. Status 408. */
  public static final class RequestTimeout extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public RequestTimeout(Problem problem) {
      super(problem);
    }
  }

  /** It cannot be done as things are. Status 409. */
  public static sealed class Conflict extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public Conflict(Problem problem) {
      super(problem);
    }
  }

  /** Another channel has the name. Status 409. */
  public static final class NameTaken extends Conflict {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public NameTaken(Problem problem) {
      super(problem);
    }
  }

  /** Nothing is on air, so there is nothing to end. Status 409. */
  public static final class NothingOnAir extends Conflict {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public NothingOnAir(Problem problem) {
      super(problem);
    }
  }

  /** There are as many channels as there may be. Status 409. */
  public static final class LimitReached extends Conflict {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public LimitReached(Problem problem) {
      super(problem);
    }
  }

  /** The body is larger than the API takes. Status 413. */
  public static final class TooLarge extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public TooLarge(Problem problem) {
      super(problem);
    }
  }

  /** The request line is longer than the API takes. Status 414. */
  public static final class UriTooLong extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public UriTooLong(Problem problem) {
      super(problem);
    }
  }

  /** The request is of a form that the API does not take. Status 415. */
  public static final class UnsupportedMediaType extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public UnsupportedMediaType(Problem problem) {
      super(problem);
    }
  }

  /** Too much is asked at once, or too many watch: try again later. Status 429. */
  public static final class TooManyRequests extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public TooManyRequests(Problem problem) {
      super(problem);
    }
  }

  /** The headers are larger than the API takes. Status 431. */
  public static final class HeadTooLarge extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public HeadTooLarge(Problem problem) {
      super(problem);
    }
  }

  /** Something is wrong in the control plane; its log has it. Status 500. */
  public static final class ServerError extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public ServerError(Problem problem) {
      super(problem);
    }
  }

  /**
   * The control plane cannot serve now, for example because its database is away: try again. Status
   * 503.
   */
  public static final class Unavailable extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public Unavailable(Problem problem) {
      super(problem);
    }
  }

  /** A problem that this version of the library does not know. Status 400 to 599. */
  public static final class Other extends ProblemException {
    private static final long serialVersionUID = 1;

    /**
     * Made by the client; public for the tests of those who use it.
     *
     * @param problem what the API says
     */
    public Other(Problem problem) {
      super(problem);
    }
  }
}
