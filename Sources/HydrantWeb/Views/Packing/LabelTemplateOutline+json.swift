import HydrantCore
import HydrantDocuments

extension LabelTemplateOutline {
    /// What the editor's page draws over the preview.
    var json: JSON {
        [
            "width": .number(paper.width), "height": .number(paper.height),
            "elements": .array(elements.map(\.json)),
        ]
    }
}

extension LabelTemplateOutline.Element {
    fileprivate var json: JSON {
        [
            "kind": .string(kind), "name": .string(name), "x": .number(frame.x), "y": .number(frame.y),
            "width": .number(frame.width), "height": .number(frame.height),
            "area": [
                "x": .number(area.x), "y": .number(area.y), "width": .number(area.width),
                "height": .number(area.height),
            ],
            "columns": .count(columns), "rows": .count(rows), "table": .orNull(table.map { Int64($0) }),
            "placeSpot": placeSpot.json, "sizeSpot": sizeSpot.json,
        ]
    }
}

extension LabelTemplateOutline.Spot {
    fileprivate var json: JSON { ["line": .count(line), "column": .count(column)] }
}
