package io.millrace.control.link;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.millrace.control.link.wire.ControlLinkGrpc;
import io.millrace.control.link.wire.ControlMessage;
import io.millrace.control.link.wire.NodeMessage;
import io.millrace.control.link.wire.Register;
import java.io.InputStream;

/**
 * Reads nodes' messages, and gives one that stands in for what is no protobuf: gRPC would end the
 * call with a stack in its log, as often as a peer likes, and tell nobody who counts.
 */
final class NodeMessageMarshaller implements MethodDescriptor.Marshaller<NodeMessage> {
  private static final NodeMessage UNREADABLE =
      NodeMessage.newBuilder()
          .setRegister(Register.newBuilder().setSoftwareVersion("unreadable"))
          .build();

  private final MethodDescriptor.Marshaller<NodeMessage> protobuf;

  private NodeMessageMarshaller(MethodDescriptor.Marshaller<NodeMessage> protobuf) {
    this.protobuf = protobuf;
  }

  /** The service, which gets its messages from here. */
  static ServerServiceDefinition reading(BindableService service) {
    MethodDescriptor<NodeMessage, ControlMessage> method = ControlLinkGrpc.getConnectMethod();
    ServerServiceDefinition bound = service.bindService();
    @SuppressWarnings("unchecked") // it is that of this very method
    var connect =
        (ServerMethodDefinition<NodeMessage, ControlMessage>)
            bound.getMethod(method.getFullMethodName());
    return ServerServiceDefinition.builder(bound.getServiceDescriptor().getName())
        .addMethod(
            method.toBuilder()
                .setRequestMarshaller(new NodeMessageMarshaller(method.getRequestMarshaller()))
                .build(),
            connect.getServerCallHandler())
        .build();
  }

  static boolean isUnreadable(NodeMessage message) {
    return message.equals(UNREADABLE);
  }

  @Override
  public NodeMessage parse(InputStream stream) {
    try {
      return protobuf.parse(stream);
    } catch (StatusRuntimeException e) {
      return UNREADABLE;
    }
  }

  @Override
  public InputStream stream(NodeMessage message) {
    return protobuf.stream(message);
  }
}
