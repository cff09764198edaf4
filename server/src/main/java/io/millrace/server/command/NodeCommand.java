package io.millrace.server.command;

import static java.util.Objects.requireNonNull;

import io.millrace.control.link.Role;
import io.millrace.server.node.Run;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Runs some roles and joins a control plane. */
@Command(
    name = "node",
    exitCodeListHeading = ServeStatus.HEADING,
    exitCodeList = {
      ServeStatus.STOPPED,
      ServeStatus.FAILED,
      ServeStatus.COMMAND_LINE,
      ServeStatus.INTERRUPTED
    },
    description =
        "Run some roles in this process and join a control plane (control.url, node.token).",
    subcommands = NodeCommand.Token.class)
final class NodeCommand implements Callable<Integer> {
  private static final List<String> ROLE_NAMES =
      Arrays.stream(Role.values()).map(NodeCommand::written).toList();
  static final String ROLES = String.join(", ", ROLE_NAMES);

  /** The roles as they are written, for the help. */
  static final class RoleNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ROLE_NAMES.iterator();
    }
  }

  @Option(
      names = "--roles",
      paramLabel = "ROLE",
      split = ",",
      completionCandidates = RoleNames.class,
      description = "What this node does: ${COMPLETION-CANDIDATES}; several with commas.")
  private List<Role> roles = List.of();

  @Mixin private SettingsOptions options = new SettingsOptions();
  @Mixin private Output output = new Output();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (roles.isEmpty()) { // not "required" for picocli, which would ask node token for it too
      throw new ParameterException(
          requireNonNull(spec, "spec").commandLine(), "--roles is needed: one or more of " + ROLES);
    }
    return new Run(options.sources(), options.data(), EnumSet.copyOf(roles))
        .toEnd(report -> ServeReport.print(output, report));
  }

  private static String written(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  @Command(
      name = "token",
      description = "Make a one-time token with which one node may join; it is shown now only.")
  static final class Token implements Callable<Integer> {
    @Option(
        names = "--roles",
        paramLabel = "ROLE",
        split = ",",
        description = "The roles that the node may take (any but control where absent).")
    private List<Role> roles = List.of();

    @Option(
        names = "--ttl",
        paramLabel = "TIME",
        converter = Seconds.class,
        description = "How long the token can be used, such as 15m (1h).")
    private int ttlSeconds = 3_600;

    @Mixin private ClientOptions client = new ClientOptions();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("ttlSeconds", ttlSeconds);
      if (!roles.isEmpty()) {
        body.put("roles", roles.stream().map(NodeCommand::written).toList());
      }
      JsonNode token = client.connect().post("node-tokens", body);
      output.print(token, out -> out.println(token.path("token").asString("")));
      return 0;
    }
  }
}
