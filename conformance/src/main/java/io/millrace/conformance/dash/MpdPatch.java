package io.millrace.conformance.dash;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.namespace.NamespaceContext;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Applies MPD patches (ISO/IEC 23009-1 5.15, RFC 5261): add, replace, remove. */
final class MpdPatch {
  static final String NAMESPACE = "urn:mpeg:dash:schema:mpd-patch:2020";

  private static final String MPD = "urn:mpeg:dash:schema:mpd:2011";

  /** A step that names no prefix means the namespace of the MPD. */
  private static final Pattern STEP =
      Pattern.compile("(?<=/)([A-Za-z][A-Za-z0-9]*)(?![A-Za-z0-9]*[(:])");

  private static final Pattern SELECTOR =
      Pattern.compile("[A-Za-z0-9_/@:\\[\\]='\"().,+ -]{1,500}");

  private MpdPatch() {}

  /** What a patch says that cannot be applied. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** The document with the patch applied; the one that is given stays as it is. */
  static Document apply(Document before, Document patch) throws Refused {
    Element root = patch.getDocumentElement();
    if (!NAMESPACE.equals(root.getNamespaceURI()) || !"Patch".equals(root.getLocalName())) {
      throw new Refused("root %s (expected: Patch of %s)".formatted(root.getNodeName(), NAMESPACE));
    }
    Document after = (Document) before.cloneNode(true);
    for (Node node = root.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element operation) {
        apply(after, operation);
      }
    }
    return after;
  }

  private static void apply(Document after, Element operation) throws Refused {
    String selector = operation.getAttribute("sel");
    Node target = select(after, selector);
    switch (operation.getLocalName()) {
      case "add" -> add(after, operation, target);
      case "replace" -> {
        if (target instanceof Attr attribute) {
          attribute.setValue(operation.getTextContent());
        } else {
          insert(after, operation, target.getParentNode(), target);
          target.getParentNode().removeChild(target);
        }
      }
      case "remove" -> {
        if (target instanceof Attr attribute) {
          attribute.getOwnerElement().removeAttributeNode(attribute);
        } else {
          target.getParentNode().removeChild(target);
        }
      }
      default ->
          throw new Refused(
              "%s (expected: add, replace or remove)".formatted(operation.getNodeName()));
    }
  }

  private static void add(Document after, Element operation, Node target) throws Refused {
    if (!(target instanceof Element element)) {
      throw new Refused("add to %s (expected: an element)".formatted(target.getNodeName()));
    }
    String type = operation.getAttribute("type");
    if (type.startsWith("@")) {
      element.setAttribute(type.substring(1), operation.getTextContent());
      return;
    }
    switch (operation.getAttribute("pos")) {
      case "prepend" -> insert(after, operation, element, element.getFirstChild());
      case "before" -> insert(after, operation, element.getParentNode(), element);
      case "after" -> insert(after, operation, element.getParentNode(), element.getNextSibling());
      default -> insert(after, operation, element, null);
    }
  }

  private static void insert(
      Document after, Element operation, Node parent, @Nullable Node before) {
    for (Node child = operation.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element) {
        Node imported = after.importNode(child, /* deep= */ true);
        parent.insertBefore(ofMpd(after, (Element) imported), before);
      }
    }
  }

  /**
   * What is written without a prefix is of the MPD in what is added as it is in a selector, though
   * the patch's namespace is the default one there: later operations select it.
   */
  private static Node ofMpd(Document after, Element element) {
    for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element inner) {
        // Renaming may put another node in its place.
        child = ofMpd(after, inner);
      }
    }
    return NAMESPACE.equals(element.getNamespaceURI()) && element.getPrefix() == null
        ? after.renameNode(element, MPD, element.getLocalName())
        : element;
  }

  private static Node select(Document after, String selector) throws Refused {
    if (!SELECTOR.matcher(selector).matches()) {
      throw new Refused("sel \"%s\" (expected: a path to one node)".formatted(selector));
    }
    Matcher steps = STEP.matcher(selector);
    XPath xpath = XPathFactory.newDefaultInstance().newXPath();
    xpath.setNamespaceContext(new MpdNamespace());
    try {
      NodeList found =
          (NodeList) xpath.evaluate(steps.replaceAll("mpd:$1"), after, XPathConstants.NODESET);
      if (found.getLength() != 1) {
        throw new Refused(
            "sel \"%s\": %d nodes (expected: one)".formatted(selector, found.getLength()));
      }
      return found.item(0);
    } catch (XPathExpressionException e) {
      throw new Refused("sel \"%s\" (expected: a path to one node)".formatted(selector));
    }
  }

  private static final class MpdNamespace implements NamespaceContext {
    @Override
    public String getNamespaceURI(String prefix) {
      return prefix.equals("mpd") ? MPD : XMLConstants.NULL_NS_URI;
    }

    @Override
    public String getPrefix(String namespace) {
      return "mpd";
    }

    @Override
    public Iterator<String> getPrefixes(String namespace) {
      return List.of("mpd").iterator();
    }
  }

  /** Whether two documents say the same; whitespace between elements says nothing. */
  static boolean same(Node one, Node two) {
    if (one instanceof Element first && two instanceof Element second) {
      if (!String.valueOf(first.getLocalName()).equals(second.getLocalName())
          || !attributes(first).equals(attributes(second))) {
        return false;
      }
      Node left = skip(first.getFirstChild());
      Node right = skip(second.getFirstChild());
      while (left != null && right != null) {
        if (!same(left, right)) {
          return false;
        }
        left = skip(left.getNextSibling());
        right = skip(right.getNextSibling());
      }
      return left == null && right == null;
    }
    return one.getNodeType() == two.getNodeType()
        && String.valueOf(one.getNodeValue())
            .strip()
            .equals(String.valueOf(two.getNodeValue()).strip());
  }

  /** Without those that declare namespaces: where a fragment was written says nothing. */
  private static Map<String, String> attributes(Element element) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < element.getAttributes().getLength(); i++) {
      Node attribute = element.getAttributes().item(i);
      if (!XMLConstants.XMLNS_ATTRIBUTE_NS_URI.equals(attribute.getNamespaceURI())) {
        values.put(attribute.getNodeName(), attribute.getNodeValue());
      }
    }
    return values;
  }

  private static @Nullable Node skip(@Nullable Node node) {
    Node at = node;
    while (at != null
        && (at.getNodeType() == Node.COMMENT_NODE
            || (at.getNodeType() == Node.TEXT_NODE && at.getNodeValue().isBlank()))) {
      at = at.getNextSibling();
    }
    return at;
  }
}
