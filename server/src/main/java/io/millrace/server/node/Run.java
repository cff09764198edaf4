package io.millrace.server.node;

import io.millrace.control.link.Role;
import io.millrace.server.ServerException;
import io.millrace.server.data.Children;
import io.millrace.server.data.DataDirectory;
import io.millrace.server.demo.Demo;
import io.millrace.server.logging.ConsoleLogging;
import io.millrace.server.settings.Catalog;
import io.millrace.server.settings.Setting;
import io.millrace.server.settings.Settings;
import io.millrace.server.settings.SettingsException;
import io.millrace.server.settings.SettingsSources;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a process's roles from the start to the signal that ends it. */
public final class Run {
  private static final Logger log = LoggerFactory.getLogger(Run.class);
  private static final int WORKED = 0;

  private final SettingsSources sources;
  private final Path dataPath;
  private final Set<Role> roles;
  private boolean withDemo;
  private volatile Settings settings = Settings.defaults();

  public Run(SettingsSources sources, Path dataPath, Set<Role> roles) {
    this.sources = sources;
    this.dataPath = dataPath;
    this.roles = Set.copyOf(roles);
  }

  /** Broadcasts the test picture too. */
  public Run withDemo() {
    withDemo = true;
    return this;
  }

  /** Returns the exit status, after everything is stopped. */
  public int toEnd(Consumer<StartReport> ready) {
    settings = sources.read();
    ConsoleLogging.level(settings.get(Catalog.LOG_LEVEL));
    OpenFiles.trouble(OpenFiles.most())
        .ifPresent(
            trouble -> {
              throw new ServerException("open files: %s; raise ulimit -n".formatted(trouble));
            });
    Stopping stopping = new Stopping();
    if (Files.notExists(dataPath)) {
      requireFreePorts(); // a start that is refused makes no directory
    }
    try (DataDirectory data = DataDirectory.open(dataPath)) {
      int left = data.children().endLeftovers();
      if (left > 0) {
        log.info("Ended {} program(s) that the process before left running", left);
      }
      requireFreePorts();
      serve(stopping, data, ready);
      return stopping.isForced() ? stopping.status() : WORKED;
    } catch (InterruptedException e) {
      return stopping.status();
    } catch (Exception e) { // Aeron throws checked ones undeclared
      if (!stopping.isAsked()) {
        throw e;
      }
      // Whatever was interrupted says so in its own way.
      log.debug("The start was given up: {}", e.toString());
      return stopping.status();
    }
  }

  private void requireFreePorts() {
    List<String> obstacles = Ports.obstacles(settings, roles);
    if (!obstacles.isEmpty()) {
      throw new ServerException(String.join("\nmillrace: ", obstacles));
    }
  }

  private void serve(Stopping stopping, DataDirectory data, Consumer<StartReport> ready)
      throws InterruptedException {
    try (Node node = Node.start(settings, data, roles);
        Optionally<Demo> demo = demo(node, data)) {
      stopping.started();
      data.write(node.endpoints());
      ready.accept(
          new StartReport(
              node.endpoints(),
              dataPath,
              sinceStart(),
              node.obstacle().orElse(null),
              demo.value().map(Demo::page).orElse(null)));
      Signals.on("HUP", this::reload);
      stopping.await();
      stopping.watch(settings.get(Catalog.DRAIN_TIMEOUT));
      log.info("Stopping");
      node.drain(settings.get(Catalog.DRAIN_TIMEOUT));
    } finally {
      Children.endAll(); // of a part that could not be waited for
    }
  }

  /** Something to close, or nothing. */
  private record Optionally<T extends AutoCloseable>(Optional<T> value) implements AutoCloseable {
    @Override
    public void close() {
      value.ifPresent(Node::closeQuietly);
    }
  }

  private Optionally<Demo> demo(Node node, DataDirectory data) {
    return new Optionally<>(
        withDemo ? Optional.of(Demo.start(node.endpoints(), data)) : Optional.empty());
  }

  private static Duration sinceStart() {
    return Duration.ofMillis(
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime());
  }

  /** Takes the settings that may change while running; none where one of them is wrong. */
  private void reload() {
    try {
      Settings read = sources.read();
      List<Setting<?>> changed = read.changedFrom(settings);
      for (Setting<?> setting : changed) {
        switch (setting.change()) {
          case LIVE -> log.info("{} is {} from now on", setting.key(), read.get(setting));
          case RESTART -> log.warn("{} changed: it takes effect with a restart", setting.key());
        }
      }
      settings = settings.withLiveOf(read);
      ConsoleLogging.level(settings.get(Catalog.LOG_LEVEL));
      if (changed.isEmpty()) {
        log.info("Settings read again: nothing changed");
      }
    } catch (SettingsException e) {
      log.error("Settings stay as they are: {}", e.getMessage());
    }
  }
}
