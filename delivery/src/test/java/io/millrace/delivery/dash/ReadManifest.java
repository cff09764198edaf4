package io.millrace.delivery.dash;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** An MPD as the JDK's parser reads it, and as a patch changes it (RFC 5261 4). */
public final class ReadManifest {
  private final Document document;

  private ReadManifest(Document document) {
    this.document = document;
  }

  public static ReadManifest parse(String text) {
    try {
      return new ReadManifest(
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(text.replaceAll(">\\s+<", "><")))));
    } catch (Exception e) {
      throw new AssertionError("not XML: " + text, e);
    }
  }

  /** The elements that an XPath selects. */
  public List<Element> all(String path) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = select(document, path);
    for (int i = 0; i < nodes.getLength(); i++) {
      found.add((Element) nodes.item(i));
    }
    return found;
  }

  public Element one(String path) {
    List<Element> found = all(path);
    if (found.size() != 1) {
      throw new AssertionError(path + ": " + found.size() + " (expected: 1) in " + this);
    }
    return found.getFirst();
  }

  public String mpd(String attribute) {
    return document.getDocumentElement().getAttribute(attribute);
  }

  /** Applies a patch in place; every operation must select exactly one node. */
  public void apply(String patch) {
    Element root = parse(patch).document.getDocumentElement();
    if (!root.getTagName().equals("Patch")
        || !root.getAttribute("mpdId").equals(mpd("id"))
        || !root.getAttribute("originalPublishTime").equals(mpd("publishTime"))) {
      throw new AssertionError("not a patch of this: " + patch);
    }
    for (Node each = root.getFirstChild(); each != null; each = each.getNextSibling()) {
      operate((Element) each);
    }
    if (!root.getAttribute("publishTime").equals(mpd("publishTime"))) {
      throw new AssertionError("publishTime is not patched: " + patch);
    }
  }

  private void operate(Element operation) {
    String path = operation.getAttribute("sel");
    NodeList targets = select(document, path);
    if (targets.getLength() != 1) {
      throw new AssertionError(path + " selects " + targets.getLength() + " in " + this);
    }
    Node target = targets.item(0);
    switch (operation.getTagName()) {
      case "add" -> add((Element) target, operation);
      case "remove" -> remove(target);
      case "replace" -> {
        if (target instanceof Attr attribute) {
          attribute.setValue(operation.getTextContent());
        } else {
          target.getParentNode().replaceChild(imported(operation), target);
        }
      }
      default -> throw new AssertionError("operation: " + operation.getTagName());
    }
  }

  private void add(Element target, Element operation) {
    if (operation.hasAttribute("type")) {
      target.setAttribute(operation.getAttribute("type").substring(1), operation.getTextContent());
      return;
    }
    switch (operation.getAttribute("pos")) {
      case "" -> target.appendChild(imported(operation));
      case "prepend" -> target.insertBefore(imported(operation), target.getFirstChild());
      case "after" ->
          target.getParentNode().insertBefore(imported(operation), target.getNextSibling());
      default -> throw new AssertionError("pos: " + operation.getAttribute("pos"));
    }
  }

  private static void remove(Node target) {
    if (target instanceof Attr attribute) {
      attribute.getOwnerElement().removeAttributeNode(attribute);
    } else {
      target.getParentNode().removeChild(target);
    }
  }

  private Node imported(Element operation) {
    return document.importNode(operation.getFirstChild(), /* deep= */ true);
  }

  private static NodeList select(Document in, String path) {
    try {
      return (NodeList)
          XPathFactory.newDefaultInstance().newXPath().evaluate(path, in, XPathConstants.NODESET);
    } catch (Exception e) {
      throw new AssertionError(path, e);
    }
  }

  /** The document in one form, whatever the order of attributes was. */
  @Override
  public String toString() {
    try {
      StringWriter out = new StringWriter();
      TransformerFactory.newDefaultInstance()
          .newTransformer()
          .transform(new DOMSource(document), new StreamResult(out));
      return out.toString();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
