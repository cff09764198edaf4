package io.millrace.packager.timeline;

import io.millrace.packager.state.StateReader;
import io.millrace.packager.state.StateWriter;

/**
 * Measures the frame rate of pictures whose stream does not declare it, to tell viewers the highest
 * that they will meet (RFC 8216bis 4.4.6.2, FRAME-RATE).
 *
 * <p>A usual rate is believed where every frame lies on its grid, some left out or none. What lies
 * on none is told as it was measured.
 */
public final class FrameRate {
  private static final double[] USUAL = {
    10, 12, 12.5, 15, 20, ntsc(24), 24, 25, ntsc(30), 30, ntsc(48), 48, 50, ntsc(60), 60, 100,
    ntsc(120), 120
  };

  /** So many frames one after the other make a rate. */
  private static final int ENOUGH = 8;

  /** What lasts longer is a pause. */
  private static final long LONGEST_SECONDS = 1;

  /** How far from each other the frames of a grid lie: its clock counts milliseconds at worst. */
  private static final double GRID_WIDTH_SECONDS = 0.002;

  /** Frames that come so much faster for a while are no trembling of the clock. */
  private static final double VARIABLE = 1.1;

  /** So near to a usual rate it is that one, or more than another by no more than an error. */
  private static final double NEAR = 0.01;

  private final double timescale;
  private final boolean declared;
  private double framesPerSecond;

  /** Of the frames since {@link #learn} last learned, or {@link #restart}. */
  private final Grid[] grids = new Grid[USUAL.length];

  private final long[] latest = new long[ENOUGH];
  private int frames;
  private long first;
  private long last;
  private long shortestRun;

  /**
   * @param declaredRate frames a second; 0: the stream does not tell, and it is measured
   * @param timescale of the dts
   */
  public FrameRate(double declaredRate, int timescale) {
    this.timescale = timescale;
    this.declared = declaredRate > 0;
    this.framesPerSecond = declaredRate;
    for (int i = 0; i < USUAL.length; i++) {
      grids[i] = new Grid(USUAL[i]);
    }
  }

  private static double ntsc(int rate) {
    return rate * 1000 / 1001.0;
  }

  /** What comes has nothing to do with what came; what was learned stays. */
  public void restart() {
    frames = 0;
  }

  /** Sees the next frame; its dts is above the one before. */
  public void add(long dts) {
    if (declared) {
      return;
    }
    if (frames == 0 || dts - last > LONGEST_SECONDS * timescale || dts <= last) {
      begin(dts);
      return;
    }
    for (Grid grid : grids) {
      grid.add(dts);
    }
    if (frames >= ENOUGH) {
      shortestRun = Math.min(shortestRun, dts - latest[frames % ENOUGH]);
    }
    latest[frames++ % ENOUGH] = dts;
    last = dts;
  }

  private void begin(long dts) {
    for (Grid grid : grids) {
      grid.restart();
    }
    latest[0] = dts;
    frames = 1;
    first = dts;
    last = dts;
    shortestRun = Long.MAX_VALUE;
  }

  /** Judges the frames that came, if they are enough; true where the rate is another now. */
  public boolean learn() {
    if (declared || frames <= ENOUGH) {
      return false;
    }
    double measured = onGrid();
    if (measured == 0 && framesPerSecond == 0) {
      measured = offGrid();
    }
    begin(last);
    boolean more = measured > framesPerSecond * (1 + NEAR);
    if (more) {
      framesPerSecond = measured;
    }
    return more;
  }

  /** The rate as far as it is known; 0: it is not. */
  public double framesPerSecond() {
    return framesPerSecond;
  }

  /** The usual rate whose grid the frames lie on best; 0 where there is none. */
  private double onGrid() {
    double rate = 0;
    double least = GRID_WIDTH_SECONDS * timescale;
    for (Grid grid : grids) {
      if (grid.next >= ENOUGH && grid.width() <= least) {
        least = grid.width();
        rate = grid.rate;
      }
    }
    return rate;
  }

  private double offGrid() {
    double mean = (frames - 1) * timescale / (last - first);
    double fastest = ENOUGH * timescale / shortestRun;
    double rate = fastest > mean * VARIABLE ? fastest : mean;
    double nearest = rate;
    double error = NEAR;
    for (double usual : USUAL) {
      if (Math.abs(rate / usual - 1) < error) {
        error = Math.abs(rate / usual - 1);
        nearest = usual;
      }
    }
    return nearest;
  }

  /** The instants that a rate has frames at, from the first frame on. */
  private final class Grid {
    private final double rate;
    private long places;
    private double earliest;
    private double latest;

    /** How many frames lay on the place next to the one's before. */
    private int next;

    Grid(double rate) {
      this.rate = rate;
    }

    void restart() {
      places = 0;
      earliest = 0;
      latest = 0;
      next = 0;
    }

    void add(long dts) {
      double period = timescale / rate;
      long step = Math.round((dts - last) / period);
      places += step;
      next += step == 1 ? 1 : 0;
      double off = dts - first - places * period;
      earliest = Math.min(earliest, off);
      latest = Math.max(latest, off);
    }

    double width() {
      return latest - earliest;
    }
  }

  /** Writes what {@link #restore} of another of the same track needs to go on. */
  public void save(StateWriter out) {
    out.real(framesPerSecond).number(frames).number(first).number(last).number(shortestRun);
    for (long dts : latest) {
      out.number(dts);
    }
    for (Grid grid : grids) {
      out.number(grid.places).real(grid.earliest).real(grid.latest).number(grid.next);
    }
  }

  public void restore(StateReader in) {
    framesPerSecond = in.real();
    frames = in.integer();
    first = in.number();
    last = in.number();
    shortestRun = in.number();
    for (int i = 0; i < latest.length; i++) {
      latest[i] = in.number();
    }
    for (Grid grid : grids) {
      grid.places = in.number();
      grid.earliest = in.real();
      grid.latest = in.real();
      grid.next = in.integer();
    }
  }
}
